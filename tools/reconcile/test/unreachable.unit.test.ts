import { mapServices } from '@quadrille/events'
import { expect, test } from 'vitest'
import { reconcile } from '../src/reconcile.ts'

test('the error of a database that can’t be reached names its service', async () => {
  const databases = mapServices(() => 'postgres://127.0.0.1:1/none')
  await expect(reconcile({ databases })).rejects.toThrow(/^(order|payment|inventory|notification|shipping): connect /)
})
