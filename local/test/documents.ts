/** The documents of the repository: its pages in Markdown. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = new URL('../../', import.meta.url).pathname

/** Their paths, from the root. */
export const markdown: readonly string[] = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.md') && !path.includes('node_modules') && !path.startsWith('.'),
)

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')
