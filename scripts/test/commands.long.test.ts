/** Every command of package.json has `--help`, and rejects an unknown option before it does anything else. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url).pathname
const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))

/** Our own scripts. The others are tools with their own help. */
const commands = Object.entries(scripts).flatMap(([name, line]) => {
  const [, script] = /^exec node run\.mjs (\S+)$/.exec(line) ?? []
  return script ? [{ command: ['start', 'test'].includes(name) ? `npm ${name}` : `npm run ${name}`, script }] : []
})

const run = (script: string, flag: string): Promise<{ code: unknown; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, FORCE_COLOR: '0' }
    execFile(process.execPath, [script, flag], { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    )
  })

test('finds the commands of package.json', () => {
  expect(commands.map(({ command }) => command)).toEqual(
    expect.arrayContaining(['npm start', 'npm test', 'npm run trace']),
  )
})

test.each(commands)('$command -- --help prints its usage', async ({ command, script }) => {
  const { code, stdout, stderr } = await run(script, '--help')
  expect(stdout).toMatch(new RegExp(`^Usage: ${command.replace('npm run ', 'npm run (--silent )?')}\\b`))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

test.each(commands)(
  '$command -- --foo reports the unknown option, and how to get help',
  async ({ command, script }) => {
    const { code, stdout, stderr } = await run(script, '--foo')
    expect(stderr.trim()).toMatch(/^[^\n]*Unknown option '--foo'\. See: [^\n]+$/)
    expect(stderr).toContain(`See: ${command} -- --help`)
    expect(code).not.toBe(0)
    expect(stdout).toBe('')
  },
)
