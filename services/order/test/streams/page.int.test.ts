/** The commands of docs/follow-an-order.md. */

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, it, onTestFinished } from 'vitest'
import { anOrderRequest, startOrders } from '../orders-by-http.ts'

const page = readFileSync(new URL('../../../../docs/follow-an-order.md', import.meta.url), 'utf8')
const commands = [...page.matchAll(/^curl .+$/gm)].map(([command]) => command)

it('the commands of the page print events', async () => {
  const { url, post } = await startOrders()
  const { body } = await post('/orders', anOrderRequest)
  expect(commands).toHaveLength(2)
  for (const command of commands) {
    const child = spawn('sh', ['-c', `exec ${command.replace('http://127.0.0.1:3000', url)}`], {
      env: { ...process.env, ID: body.id },
    })
    onTestFinished(() => void child.kill())
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    await waitFor(() => expect(output).toMatch(/^id: start\nretry: \d+\n\nid: .+\ndata: \{.+"type":"OrderPlaced"/))
  }
})
