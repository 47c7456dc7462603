import { expect, test } from 'vitest'
import { createLogPrinter } from '../../src/terminal/log-printer.ts'
import { plain } from '../../src/terminal/style.ts'

test('log lines that are not read in time are dropped, and the next one comes after their number', () => {
  const lines: string[] = []
  let isRead = true
  const print = (line: string) => isRead && lines.push(line) > 0
  const printer = createLogPrinter({ print, style: plain })
  const write = (msg: string) => printer.write(JSON.stringify({ level: 40, time: 0, service: 'order', msg }))
  write('first')
  isRead = false
  for (const msg of ['second', 'third', 'fourth']) write(msg)
  isRead = true
  write('fifth')
  write('sixth')
  expect(lines).toEqual([
    expect.stringContaining('first'),
    'log lines dropped because they were not read in time: 3',
    expect.stringContaining('fifth'),
    expect.stringContaining('sixth'),
  ])
})
