/** What a service adds to its containers: services/SERVICE/compose.yml, as text with its comments. */
import { existsSync, readFileSync } from 'node:fs'

/** The parts of that file: of every deployment, of the demo on one machine, of production. */
export type Part = 'container' | 'demo' | 'production'

/** The keys of a part, each with its lines, without indentation. Empty for a service that adds nothing, or has no such file. */
export const ownPart = (service: string, part: Part): ReadonlyMap<string, readonly string[]> => {
  const file = new URL(`../../../services/${service}/compose.yml`, import.meta.url)
  if (!existsSync(file)) return new Map()
  return sections(sections(readFileSync(file, 'utf8').trimEnd().split('\n')).get(part) ?? [])
}

/** Splits a mapping in YAML at its own keys. What stands behind a key on its line is the first line of its section. */
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
