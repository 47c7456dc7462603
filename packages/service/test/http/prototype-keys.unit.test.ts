import { expect, test } from 'vitest'
import { prototypeKey } from '../../src/http/prototype-keys.ts'

test.each([
  ['{"__proto__":0}', '/__proto__'],
  ['{"lines":[{"sku":"mug"},{"a/b":{"__proto__":{}}}]}', '/lines/1/a~1b/__proto__'],
  ['{"a":{"constructor":0,"proto":"__proto__"}}', undefined],
  ['"__proto__"', undefined],
])('%s: %s', (body, pointer) => {
  expect(prototypeKey(JSON.parse(body))?.pointer).toBe(pointer)
})

test('the pointer to a deeply nested key does not take quadratic time', () => {
  const depth = 300_000
  let value: unknown = JSON.parse('{"__proto__":0}')
  for (let level = 0; level < depth; level += 1) value = [value]
  const began = performance.now()
  expect(prototypeKey(value)?.pointer.length).toBe('/0'.length * depth + '/__proto__'.length)
  expect(performance.now() - began).toBeLessThan(20_000)
})
