/** Reads services/SERVICE/compose.yml as text, because its comments are copied too. */
import { existsSync, readFileSync } from 'node:fs'

/** The parts of that file, with their keys: for every deployment, for the demo on one machine, for production. */
const keys = {
  container: ['networks', 'environment', 'ports'],
  demo: ['ports'],
  production: ['environment'],
} as const

export type Part = keyof typeof keys

/**
 * The keys of a part, each with its lines without indentation. Empty if the service adds nothing, or has no such file.
 * @throws if the file has another part or key.
 */
export const ownPart = (service: string, part: Part): ReadonlyMap<string, readonly string[]> => {
  const path = `services/${service}/compose.yml`
  const file = new URL(`../../../${path}`, import.meta.url)
  if (!existsSync(file)) return new Map()
  const parts = sections(readFileSync(file, 'utf8').trimEnd().split('\n'))
  checkKeys(path, parts.keys(), Object.keys(keys))
  const found = sections(parts.get(part) ?? [])
  checkKeys(`${part} in ${path}`, found.keys(), keys[part])
  return found
}

const checkKeys = (where: string, found: Iterable<string>, expected: readonly string[]): void => {
  for (const key of found)
    if (!expected.includes(key))
      throw new Error(`${where} has the key ${key}, and may have ${expected.join(', ')} only.`)
}

/** Splits a YAML mapping at its own keys. A value on the line of its key is the first line of the section. */
const sections = (lines: readonly string[]): Map<string, string[]> => {
  const found = new Map<string, string[]>()
  let current: string[] = []
  for (const line of lines) {
    const [, key, value] = /^([\w-]+):(?: (.*))?$/.exec(line) ?? []
    if (key !== undefined) {
      current = value ? [value] : []
      found.set(key, current)
    } else if (!line.startsWith('#')) current.push(line.replace(/^ {2}/, ''))
  }
  return found
}
