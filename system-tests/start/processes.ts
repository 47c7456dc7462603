/** Processes by their ids. */

import { readFileSync } from 'node:fs'
import { waitFor } from '@quadrille/testing/waiting'
import { expect } from 'vitest'

export const isRunning = (pid: number): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false // no such process
  }
}

export const untilExited = (pid: number) => waitFor(() => expect(isRunning(pid)).toBe(false))
