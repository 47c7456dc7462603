import { expect, onTestFinished, test } from 'vitest'
import { openTerminal } from '../../src/terminal/terminal.ts'

test.each(['EPIPE', 'EIO', 'ENOSPC'])('the shop goes on after the error %s of its output', (code) => {
  const { stdout } = process
  const before = stdout.listeners('error')
  onTestFinished(() => {
    const added = stdout.listeners('error').filter((listener) => !before.includes(listener)) as (() => void)[]
    for (const listener of added) stdout.off('error', listener)
  })
  openTerminal('text')
  expect(() => stdout.emit('error', Object.assign(new Error(code), { code }))).not.toThrow()
})
