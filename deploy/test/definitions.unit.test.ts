import { expect, test } from 'vitest'
import { definitionsFile } from '../src/definitions.ts'
import { read } from './files.ts'

test('deploy/rabbitmq/definitions.json is up to date: run `npm run generate` if not', () => {
  expect(read('deploy/rabbitmq/definitions.json')).toBe(definitionsFile())
})
