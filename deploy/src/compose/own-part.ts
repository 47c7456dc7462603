/** Reads services/SERVICE/compose.yml as text, because its comments are copied too. */
import { existsSync, readFileSync } from 'node:fs'

/** The parts of that file: for every deployment, for the demo on one machine, for production. */
export type Part = 'container' | 'demo' | 'production'

/** The keys of a part, each with its lines without indentation. Empty if the service adds nothing, or has no such file. */
export const ownPart = (service: string, part: Part): ReadonlyMap<string, readonly string[]> => {
  const file = new URL(`../../../services/${service}/compose.yml`, import.meta.url)
  if (!existsSync(file)) return new Map()
  return sections(sections(readFileSync(file, 'utf8').trimEnd().split('\n')).get(part) ?? [])
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
