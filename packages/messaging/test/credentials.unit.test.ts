/** The user and the password in the URL of a broker. */
import { expect, it } from 'vitest'
import { credentialsOf } from '../src/index.ts'

it.each([
  ['encoded', 'j%C3%B6:%C3%A4%25%E2%82%AC@'],
  ['as they are', 'jö:ä%€@'],
])('may have characters beyond ASCII, %s', (_, account) => {
  expect(credentialsOf(`amqp://${account}127.0.0.1`)).toMatchObject({ username: 'jö', password: 'ä%€' })
})

it('are those of RabbitMQ if the URL has neither', () => {
  expect(credentialsOf('amqp://127.0.0.1')).toMatchObject({ username: 'guest', password: 'guest' })
})
