import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Files } from './files.ts'

const repository = resolve(import.meta.dirname, '../..')

/** The files that do not exist yet, or have another text. */
export const staleAmong = (files: Files, root = repository): Files =>
  new Map(
    [...files].filter(([path, text]) => {
      const file = resolve(root, path)
      return !existsSync(file) || readFileSync(file, 'utf8') !== text
    }),
  )

export const writeFiles = (files: Files, root = repository): void => {
  for (const [path, text] of files) {
    const file = resolve(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}
