/** Responses to curl have the same content, and are indented if that makes them readable. */
import { expect, test } from 'vitest'
import { send, startTestServer } from './test-server.ts'

const answerTo = async (userAgent: string, url: string, body: string): Promise<string> => {
  const headers = { 'content-type': 'application/json', 'user-agent': userAgent }
  const answer = await send(`${url}/echo`, { method: 'POST', headers, body })
  expect(answer.status).toBe(200)
  return answer.body
}

test('a short response to curl is indented', async () => {
  const { url } = await startTestServer()
  expect(await answerTo('curl/8.5.0', url, '{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}')
  expect(await answerTo('node', url, '{"a":[1]}')).toBe('{"a":[1]}')
})

test('curl and a program get the same ETag, so a condition may have that of either', async () => {
  const { url } = await startTestServer()
  const answers = await Promise.all(
    ['curl/8.5.0', 'node'].map((agent) => send(`${url}/whereabouts`, { headers: { 'user-agent': agent } })),
  )
  const [shown, plain] = answers.map(({ headers, body }) => ({ etag: headers['etag'], body }))
  expect(shown?.body).not.toBe(plain?.body)
  expect(shown?.etag).toBe(plain?.etag)
})

test('a response to curl is not much longer than to a program, at any depth', async () => {
  const { url } = await startTestServer()
  for (const depth of [1, 31, 32, 4_000])
    for (const width of [0, 1_000, 7_000, 20_000]) {
      const body = `{"a":${'['.repeat(depth)}${Array(width).fill('1').join()}${']'.repeat(depth)}}`
      const [shown, plain] = [await answerTo('curl/8.5.0', url, body), await answerTo('node', url, body)]
      expect(JSON.parse(shown)).toEqual(JSON.parse(plain))
      expect(shown.length, `${depth} deep, ${width} wide`).toBeLessThan(36 * plain.length)
      if (plain.length > 16_384) expect(shown).toBe(plain)
    }
})
