import type { RequestListener } from 'node:http'
import { expect, test } from 'vitest'
import { testFailover } from '../src/failover.ts'
import { instancesThatAnswer, loadOn } from './shops.ts'

const id = '00000000-0000-4000-8000-000000000001'

const anInstance =
  (answers: () => boolean): RequestListener =>
  (request, response) => {
    if (!answers()) response.destroy()
    else if (request.url === '/metrics') response.end('quadrille_deliveries_handled_total{queue="any"} 1\n')
    else if (request.method === 'POST') response.writeHead(202).end(JSON.stringify({ id }))
    else response.end('{}')
  }

/** Of one service. The other instance may be `dead` during the pause. */
const failover = async (other: 'alive' | 'dead') => {
  const { instances, signals } = await instancesThatAnswer([
    anInstance(() => true),
    anInstance(() => other === 'alive' || signals.at(-1) !== 'SIGSTOP'),
  ])
  const driver = await loadOn(instances)
  const { records } = await testFailover({ instances }, driver, { services: 1, windowMs: 60, customers: 5 })
  expect(signals).toEqual(['SIGSTOP', 'SIGCONT'])
  return records
}

test('requests that the other instance does not answer during a pause are counted', async () => {
  const [record] = await failover('dead')
  expect(record).toMatchObject({ before: 0, during: null })
  expect(record?.unanswered).toBeGreaterThanOrEqual(6)
})

test('the other instance answers during a pause', async () => {
  expect(await failover('alive')).toMatchObject([{ before: 0, during: 0, unanswered: 0 }])
})
