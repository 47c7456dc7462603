/** The documents of the repository: its pages in Markdown. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = new URL('../../', import.meta.url).pathname

/** Their paths, from the root. */
export const markdown: readonly string[] = globSync('**/*.md', { cwd: root, exclude: ['**/node_modules'] }).sort()

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** The commands of a page: those in `sh` blocks, and those of npm in its text. */
export const commandsOf = (path: string): string[] => [...commandsInBlocks(path), ...commandsInText(path)]

/** Commands in `sh` blocks. One with open quotes at the end of a line continues on the next. */
export const commandsInBlocks = (path: string): string[] =>
  [...read(path).matchAll(/^ *```sh\n(.*?)^ *```/gms)].flatMap(([, block = '']) => {
    const commands: string[] = []
    for (const line of block.split('\n')) {
      const last = commands.at(-1)
      if (last !== undefined && (last.split("'").length - 1) % 2 === 1)
        commands[commands.length - 1] = `${last}\n${line}`
      else commands.push(line)
    }
    return commands.map((command) => command.replace(/\s+# .*$/, '').trim()).filter(Boolean)
  })

/** Commands of npm in the text. */
export const commandsInText = (path: string): string[] => {
  const text = read(path).replaceAll(/^ *```.*?^ *```/gms, '')
  return [...text.matchAll(/`((?:[A-Z_]+=\S+ )*np[mx] [^`]+)`/g)].flatMap(([, command]) => command ?? [])
}
