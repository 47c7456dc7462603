/** The example in a folder outside of this workspace, which has the packages from their tarballs. */
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { eraseEmbeddedPostgres } from '@quadrille/embedded-postgres'

export const root = fileURLToPath(new URL('../..', import.meta.url))
const example = join(root, 'examples/library')

const run = promisify(execFile)

type Versions = Record<string, string>

interface Manifest {
  readonly dependencies: Versions
  readonly devDependencies: Versions
}

const readManifest = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

export interface Outside {
  readonly folder: string
  /** Deletes all of it, the state of the example included. */
  remove(): Promise<void>
}

/** Packs, copies the example and installs it by npm. */
export const installOutside = async (): Promise<Outside> => {
  const home = mkdtempSync(join(tmpdir(), 'quadrille-outside-'))
  const folder = join(home, 'library')
  const { stdout } = await run(process.execPath, ['scripts/pack.ts', join(home, 'tarballs')], { cwd: root })
  cpSync(join(example, 'src'), join(folder, 'src'), { recursive: true })
  cpSync(join(example, 'test'), join(folder, 'test'), { recursive: true, filter: needsNoServers })
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifestFor(stdout.trim().split('\n'))))
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder })
  return {
    folder,
    remove: async () => {
      await eraseEmbeddedPostgres(join(folder, '.library'), () => undefined)
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** The other tests take their servers from `@quadrille/testing`, which is not published. */
const needsNoServers = (path: string): boolean => !/(\.int\.test|running-library)\.ts$/.test(path)

/** The manifest of the example, with all packages as tarballs: those that the example needs, and those that these need. */
const manifestFor = (tarballs: readonly string[]) => {
  const { dependencies, devDependencies: _, ...manifest } = readManifest(example)
  const foreign = Object.keys(dependencies).filter((name) => !name.startsWith('@quadrille/'))
  const installed = (name: string, from: string): string => {
    const { version }: { version: string } = JSON.parse(
      readFileSync(join(from, 'node_modules', name, 'package.json'), 'utf8'),
    )
    return version
  }
  return {
    ...manifest,
    dependencies: Object.fromEntries([
      ...foreign.map((name) => [name, installed(name, example)]),
      ...tarballs.map((path) => [nameOf(path), `file:${path}`]),
    ]),
    devDependencies: {
      '@types/node': installed('@types/node', root),
      'fast-check': installed('fast-check', example),
      vitest: installed('vitest', root),
    },
  }
}

const nameOf = (tarball: string): string =>
  basename(tarball).replace(/^quadrille-(.+)-\d+\.\d+\.\d+\.tgz$/, '@quadrille/$1')

/** The options of a project that uses the packages; the declarations of the packages are checked too. */
const tsconfig = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    skipLibCheck: false,
    noEmit: true,
  },
  include: ['src'],
}
