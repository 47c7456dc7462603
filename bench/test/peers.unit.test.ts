/** The descriptions of the peers match their folder. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { peers } from '../peers/peers.ts'

const folder = new URL('../peers/', import.meta.url)
const readme = readFileSync(new URL('README.md', folder), 'utf8')

test('the names of the peers are unique', () => {
  const names = peers.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})

test.each(peers)('$name has its scripts, a process that does the steps, and a row in the README', (peer) => {
  const missing = peer.processes.filter(({ script }) => !existsSync(new URL(script, folder)))
  expect(missing).toEqual([])
  expect(peer.processes.map(({ kind }) => kind)).toContain('services')
  expect(readme).toMatch(new RegExp(`^\\| \`${peer.name}\`.* \\|`, 'm'))
})

test.each(peers.filter(({ losesOrders }) => losesOrders))(
  'the description of $name mentions that it loses orders',
  (peer) => {
    expect(peer.description).toContain('loses orders')
  },
)
