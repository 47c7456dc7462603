import { createTestDatabase } from '@quadrille/testing'
import { Client } from 'pg'
import { expect, inject, test } from 'vitest'

const queried = async (url: string, text: string): Promise<unknown[]> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

test('each database is empty and separate from the others', async () => {
  const server = inject('postgresUrl')
  const [first, second] = await Promise.all([createTestDatabase(server), createTestDatabase(server)])
  await queried(first.url, 'CREATE TABLE item (id int)')
  const tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
  expect(await queried(first.url, tables)).toEqual([{ tablename: 'item' }])
  expect(await queried(second.url, tables)).toEqual([])
  await Promise.all([first.drop(), second.drop()])
})

test('a database is dropped with its remaining sessions', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  const client = new Client({ connectionString: url })
  const errors: Error[] = []
  client.on('error', (error) => errors.push(error))
  const ended = new Promise<void>((resolve) => client.once('end', resolve))
  await client.connect()
  await drop()
  await ended
  expect(errors[0]?.message).toContain('terminating connection')
  await expect(queried(url, 'SELECT 1')).rejects.toThrow('does not exist')
})
