import { isRunning } from '@quadrille/embedded-postgres'
import { waitFor } from '@quadrille/testing/waiting'
import { expect } from 'vitest'

export const untilExited = (pid: number) => waitFor(() => expect(isRunning(pid)).toBe(false))
