/** Reads a service's own settings, services/SERVICE/compose.yml, as text, because its comments are copied too. */
import { existsSync, readFileSync } from 'node:fs'

/** The sections of that file, with their keys: for every deployment, for the demo on one machine, for production. */
const keys = {
  container: ['networks', 'environment', 'ports', 'volumes', 'cpus', 'mem_limit'],
  demo: ['ports'],
  production: ['environment'],
} as const

export type Section = keyof typeof keys

/**
 * The keys of a section, each with its lines without indentation. Empty if the service has no such section or file.
 * @throws if the file has another section or key.
 */
export const serviceSettings = (service: string, section: Section): ReadonlyMap<string, readonly string[]> => {
  const path = `services/${service}/compose.yml`
  const file = new URL(`../../../${path}`, import.meta.url)
  if (!existsSync(file)) return new Map()
  const all = sections(readFileSync(file, 'utf8').trimEnd().split('\n'))
  checkKeys(path, all.keys(), Object.keys(keys))
  const found = sections(all.get(section) ?? [])
  checkKeys(`${section} in ${path}`, found.keys(), keys[section])
  return found
}

const checkKeys = (where: string, found: Iterable<string>, expected: readonly string[]): void => {
  for (const key of found)
    if (!expected.includes(key))
      throw new Error(`${where} has the key ${key}, but only ${expected.join(', ')} are allowed.`)
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
