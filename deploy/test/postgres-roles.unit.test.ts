/** How the scripts for Postgres create the roles, with a psql that records how it is called. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serviceNames } from '@quadrille/events'
import { expect, onTestFinished, test } from 'vitest'
import { root } from './files.ts'

/** Writes its arguments, environment and input into a folder for each call. */
const recorder = `#!/bin/sh
folder=$(mktemp -d "$CALLS/XXXXXX")
printf '%s\\n' "$@" > "$folder/arguments"
env > "$folder/environment"
cat > "$folder/input"
`

interface Call {
  readonly arguments: string
  readonly environment: string
  readonly input: string
}

const callsOf = (script: string): Call[] => {
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-roles-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [bin, calls, passwords] = ['bin', 'calls', 'passwords'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [bin, calls, passwords]) mkdirSync(path)
  writeFileSync(join(bin, 'psql'), recorder, { mode: 0o755 })
  for (const role of ['audit', ...serviceNames.flatMap((service) => [service, `${service}_owner`])])
    writeFileSync(join(passwords, role), `secret-of-${role}`)
  const env = {
    PATH: `${bin}:${process.env['PATH']}`,
    POSTGRES_USER: 'postgres',
    PASSWORDS: passwords,
    CALLS: calls,
  }
  execFileSync('sh', [join(root, 'deploy/postgres', script)], { env })
  return readdirSync(calls).map((call) => {
    const text = (file: string) => readFileSync(join(calls, call, file), 'utf8')
    return { arguments: text('arguments'), environment: text('environment'), input: text('input') }
  })
}

const creates = ({ input }: Call) => /\bpassword :'/.test(input)

test.each([
  ['databases.sh', serviceNames.length],
  ['read-access.sh', 1],
] as const)('the passwords of %s are neither arguments of psql nor logged by Postgres', (script, number) => {
  const calls = callsOf(script)
  for (const call of calls) expect(call.arguments + call.input).not.toContain('secret-of-')
  const creating = calls.filter(creates)
  expect(creating).toHaveLength(number)
  for (const { input, environment } of creating) {
    for (const [, variable] of input.matchAll(/password :'(\w+)'/g))
      expect(input).toContain(`\\getenv ${variable} ${variable?.toUpperCase()}\n`)
    expect(environment).toMatch(/^PASSWORD=secret-of-(\w+)$/m)
    const [before = ''] = input.split(/^(?:create|alter|select)/m)
    for (const setting of [
      'log_statement = none',
      'log_min_duration_statement = -1',
      'log_min_error_statement = panic',
    ])
      expect(before).toContain(`set ${setting};`)
  }
})

/** Without the owners' connections for migrations, up to 10 each, and those of the audit, up to 20. */
test('no role of a service may open so many connections that one instance of each other has too few', () => {
  /** Of a server with Postgres' own settings, without those for superusers (superuser_reserved_connections). */
  const connections = 100 - 3
  const perInstance = 9 // docs/instances.md
  const others = serviceNames.length - 1
  for (const { input } of callsOf('databases.sh')) {
    const limits = [...input.matchAll(/create role :"\w+" login connection limit (\d+) /g)].map(([, limit]) =>
      Number(limit),
    )
    expect(limits).toHaveLength(2)
    expect(Math.max(...limits)).toBeLessThanOrEqual(connections - others * perInstance)
  }
})
