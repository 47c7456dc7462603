import { createDatabases } from '@quadrille/postgres'
import { expect, inject, it } from 'vitest'
import { behindProxy } from './behind-proxy.ts'

it('rejects in one line if the connection is lost while a database is created', async () => {
  const url = await behindProxy(inject('postgresUrl'), (data, server) => {
    if (data.includes('CREATE DATABASE')) server.destroy()
  })
  await expect(createDatabases(url, ['quadrille_never_created'])).rejects.toThrow(
    /^The Postgres server at .+ can't be used \(.+\)\. Start it, or set DATABASE_URL to another\.$/,
  )
})
