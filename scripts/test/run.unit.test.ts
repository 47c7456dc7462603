/** run.mjs in its own small workspace, with a stand-in for npx that records its calls. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'

const runner = new URL('../../run.mjs', import.meta.url).pathname
let root = ''

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

/** A stand-in for a program. */
const writeProgram = (name: string, script: string) => {
  write(`bin/${name}`, `#!/bin/sh\n${script}\n`)
  chmodSync(join(root, 'bin', name), 0o755)
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'quadrille-run-'))
  const thisOne = root
  onTestFinished(() => rmSync(thisOne, { recursive: true, force: true }))
  cpSync(runner, join(root, 'run.mjs'))
  write('package.json', JSON.stringify({ packageManager: 'pnpm@1.2.3' }))
  write('pnpm-workspace.yaml', 'packages:\n  - packages/*\n  - local\n')
  write('pnpm-lock.yaml', 'lockfileVersion: 9\n')
  write('packages/one/package.json', '{}')
  writeProgram(
    'npx',
    'echo "$* dry_run=$npm_config_dry_run NODE_ENV=$NODE_ENV" >>npx.log\necho "Progress: resolved 9, added 7"\n[ -e broken ] && exit 4\nmkdir -p node_modules',
  )
  write('script.mjs', 'console.log(JSON.stringify([process.argv.slice(2), process.env]))\nprocess.exitCode = 7\n')
})

const run = (env: Record<string, string> = {}, script = 'script.mjs') => {
  const path = `${join(root, 'bin')}:${process.env['PATH']}`
  return spawnSync(process.execPath, [join(root, 'run.mjs'), script, '--flag'], {
    env: { ...process.env, ...env, PATH: path },
    encoding: 'utf8',
  })
}

const installations = (): string[] =>
  existsSync(join(root, 'npx.log')) ? readFileSync(join(root, 'npx.log'), 'utf8').trim().split('\n') : []

/** The folders of downloads that have not been deleted. */
const downloads = (): string[] =>
  readdirSync(join(root, 'node_modules/.cache')).filter((name) => name.startsWith('pnpm-'))

test('installs once, by the pinned pnpm and by the lock file, then starts without delay', () => {
  expect(run({ NODE_ENV: 'production' }).stderr).toContain('installing dependencies with pnpm@1.2.3')
  expect(run().stderr).toBe('')
  expect(installations()).toEqual([expect.stringMatching(/^--yes pnpm@1\.2\.3 install --frozen-lockfile .*NODE_ENV=$/)])
})

/** Provides a pnpm that npm downloads, with this file mode. Returns its hash. */
const packPnpm = (mode = 0o755): string => {
  write('pnpm/package/pnpm', '#!/bin/sh\necho "checked $*" >>npx.log\nmkdir -p node_modules\n')
  chmodSync(join(root, 'pnpm/package/pnpm'), mode)
  spawnSync('tar', ['-czf', 'pnpm.tgz', '-C', 'pnpm', 'package'], { cwd: root })
  writeProgram('npm', `cp '${root}/pnpm.tgz' .`)
  const hash = createHash('sha512').update(readFileSync(join(root, 'pnpm.tgz')))
  return `sha512-${hash.digest('base64')}`
}

const pin = (hash: string) => {
  const lines = ['', '-musl'].map((libc) => {
    const name = `@pnpm/exe.${process.platform}-${process.arch}${libc}@1.2.3`
    return `  '${name}':\n    resolution: {integrity: ${hash}}\n`
  })
  write('pnpm-lock.yaml', lines.join(''))
}

describe('the pnpm that npm downloads', () => {
  test('runs only if its hash is in the lock file', () => {
    const hash = packPnpm()
    pin('sha512-other')
    const refused = run()
    expect(refused.status).toBe(1)
    expect(refused.stderr).toMatch(/has the hash sha512-\S+, but the lock file has sha512-other/)
    expect(installations()).toEqual([])
    pin(hash)
    expect(run().status).toBe(7)
    expect(installations()).toEqual([expect.stringMatching(/^checked install --frozen-lockfile /)])
    expect(downloads()).toEqual([])
  })

  test.each([
    ['npm', 'could not be downloaded (npm exited with code 2)'],
    ['tar', 'could not be unpacked (tar exited with code 2)'],
  ])('%s that fails is not reported as a wrong hash', (program, message) => {
    pin(packPnpm())
    writeProgram(program, 'case "$*" in *silent*) ;; *) echo reason >&2 ;; esac; exit 2')
    const { status, stderr } = run()
    expect(status).toBe(1)
    const [, ...lines] = stderr.trimEnd().split('\n')
    expect(lines).toEqual([
      'reason',
      expect.stringMatching(/^quadrille: the installation failed: @pnpm\/exe\.\S+ could .+ It needs .+ a home folder/),
    ])
    expect(stderr).toContain(message)
    expect(downloads()).toEqual([])
  })

  test('that can not be downloaded leaves the installed dependencies as they are', () => {
    pin(packPnpm())
    expect(run().status).toBe(7)
    const before = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
    write('pnpm-lock.yaml', `${before}# another version\n`)
    writeProgram('npm', 'exit 2')
    expect(run().status).toBe(1)
    write('pnpm-lock.yaml', before)
    expect(run().status).toBe(7)
    expect(installations()).toHaveLength(1)
  })

  test('is deleted and reported in one line if it may not be executed', () => {
    pin(packPnpm(0o644))
    const { status, stderr } = run()
    expect(status).toBe(1)
    expect(stderr.split('\n').slice(1)).toEqual([
      expect.stringMatching(
        /^quadrille: the installation failed: spawn \S+\/node_modules\/\.cache\/\S+ EACCES\. It needs /,
      ),
      '',
    ])
    expect(downloads()).toEqual([])
  })
})

test('installs again when a file on which the installation depends has changed', () => {
  run()
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', 'packages/one/package.json']
  for (const file of [...files, 'local/package.json', 'console/src/page/views/orders.tsx']) {
    const before = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '{}'
    write(file, `${before} `)
    rmSync(join(root, 'npx.log'))
    run()
    expect(installations(), file).toHaveLength(1)
  }
})

test('installs again after a failed installation, and reports the failure', () => {
  write('broken', '')
  const failed = run()
  expect(failed.status).toBe(4)
  expect(failed.stderr).toContain('the installation failed with exit code 4')
  rmSync(join(root, 'broken'))
  expect(run().status).toBe(7)
  expect(installations()).toHaveLength(2)
})

test('installs again after a failed installation of another version, which has changed some of the dependencies', () => {
  run()
  const before = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
  write('pnpm-lock.yaml', 'lockfileVersion: 10\n')
  write('broken', '')
  expect(run().status).toBe(4)
  rmSync(join(root, 'broken'))
  write('pnpm-lock.yaml', before)
  expect(run().status).toBe(7)
  expect(installations()).toHaveLength(3)
})

test('installs again after a failed installation, although another one at the same time has succeeded', () => {
  run()
  const stamp = 'node_modules/.quadrille-installed'
  cpSync(join(root, stamp), join(root, 'stamp'))
  rmSync(join(root, stamp))
  writeProgram('npx', `echo failed >>npx.log; cp stamp ${stamp}; exit 4`)
  expect(run().status).toBe(4)
  expect(run().status).toBe(4)
  expect(installations()).toHaveLength(3)
})

test.each([
  ['npm', 'INT', 'exit 1', 130],
  ['npx', 'TERM', 'exit 0', 143],
] as const)(
  '%s that is stopped by SIG%s has not failed, and the script does not start',
  (program, signal, end, code) => {
    if (program === 'npm') pin('sha512-any')
    writeProgram(program, `echo reason\ntrap '${end}' ${signal}\nkill -s ${signal} $PPID\nwhile :; do sleep 0.1; done`)
    const { status, stdout, stderr } = run()
    expect([status, stdout, stderr]).toEqual([code, '', expect.stringMatching(/^quadrille: installing .+\n$/)])
  },
)

test('shows the output of pnpm only if it fails', () => {
  const { stdout, stderr } = run()
  expect(`${stdout}${stderr}`).not.toContain('Progress')
  write('broken', '')
  write('pnpm-lock.yaml', 'lockfileVersion: 10\n')
  expect(run().stderr).toContain('Progress: resolved 9, added 7')
})

test('reports why it stops the script when its own parent has ended', () => {
  write('waiting.mjs', "setInterval(() => undefined, 1e6)\nprocess.getBuiltinModule('fs').writeFileSync('started', '')")
  const parent = '"$0" run.mjs waiting.mjs & until [ -e started ]; do sleep 0.1; done'
  const { stderr } = spawnSync('sh', ['-c', parent, process.execPath], {
    cwd: root,
    env: { ...process.env, PATH: `${join(root, 'bin')}:${process.env['PATH']}` },
    encoding: 'utf8',
    timeout: 60_000, // a fault must not block the worker
  })
  expect(stderr).toMatch(/^quadrille: stopping, because the process that started it has ended$/m)
})

test('passes on arguments, the tools of the workspace and the exit code, but no variables of npm', () => {
  const { stdout, status } = run({ npm_config_registry: 'nowhere', npm_lifecycle_event: 'start' })
  const [args, env]: [string[], Record<string, string>] = JSON.parse(stdout)
  expect(args).toEqual(['--flag'])
  expect(env['PATH']?.split(':')[0]).toBe(join(root, 'node_modules', '.bin'))
  expect(Object.keys(env).filter((name) => name.startsWith('npm_'))).toEqual([])
  expect(status).toBe(7)
})

test('passes on the flag --dry-run, which npm takes for itself, to the script, but not to the installation', () => {
  const { stdout } = run({ npm_config_dry_run: 'true' })
  expect(JSON.parse(stdout)[1]).toHaveProperty('npm_config_dry_run', 'true')
  expect(installations()).toEqual([expect.stringContaining(' dry_run= ')])
})

test('runs a service with the flags of its image', () => {
  write('Dockerfile', 'ENV NODE_FLAGS="--max-semi-space-size=8 --expose-gc"\n')
  write('services/one/src/main.ts', 'console.log(process.execArgv.join())\n')
  expect(run({}, 'services/one/src/main.ts').stdout).toBe('--max-semi-space-size=8,--expose-gc\n')
})

test('a Node as old as 12 can parse run.mjs, and so reports that it is too old', () => {
  const { transformSync } = createRequire(new URL('../../console/package.json', import.meta.url))('esbuild')
  const source = readFileSync(runner, 'utf8')
  expect(transformSync(source, { target: 'node12.22' }).code).toBe(transformSync(source, { target: 'esnext' }).code)
})

/** Lets Node report another version of itself. */
const asNode = (version: string) => {
  const script = `Object.defineProperties(process, { version: { value: 'v${version}' }, versions: { value: { node: '${version}' } } })`
  return { NODE_OPTIONS: `--import="data:text/javascript,${encodeURIComponent(script)}"` }
}

test('a Node that is too old is reported in one line', () => {
  const { stderr, status } = run(asNode('18.20.8'))
  expect(stderr).toBe(
    'quadrille: Node 20 or later is required, but this is v18.20.8. Download it from https://nodejs.org.\n',
  )
  expect(status).toBe(1)
  expect(installations()).toEqual([])
})

test('where npm has no Node, one that can install but not run the scripts is reported', () => {
  const { stderr, status } = run(asNode('22.21.1'))
  expect(stderr).toContain('quadrille: Node 24 or later is required, but this is v22.21.1, and npm has none for ')
  expect(status).toBe(1)
  expect(run(asNode('24.0.0')).status).toBe(7)
})
