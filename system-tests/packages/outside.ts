/** Installs the example outside of this workspace, with the packages from their tarballs. */
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { deleteEmbeddedPostgres } from '@quadrille/embedded-postgres'

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
  /** Deletes everything, including the state of the example. */
  remove(): Promise<void>
}

/** Packs the packages, copies the example, and installs it by npm. */
export const installOutside = async (): Promise<Outside> => {
  const home = mkdtempSync(join(tmpdir(), 'quadrille-outside-'))
  const folder = join(home, 'library')
  const { stdout } = await run(process.execPath, ['scripts/pack.ts', join(home, 'tarballs')], { cwd: root })
  for (const part of ['src', 'test', 'vitest.config.ts'])
    cpSync(join(example, part), join(folder, part), { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifestFor(stdout.trim().split('\n'))))
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder })
  return {
    folder,
    remove: async () => {
      await deleteEmbeddedPostgres(join(folder, '.quadrille-library'), () => undefined)
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** The manifest of the example, with its direct and transitive packages of this workspace as tarballs. */
const manifestFor = (tarballs: readonly string[]) => {
  const { dependencies, devDependencies, ...manifest } = readManifest(example)
  const thirdParty = (versions: Versions) =>
    Object.keys(versions)
      .filter((name) => !name.startsWith('@quadrille/'))
      .map((name) => [name, installedIn(example, name)])
  return {
    ...manifest,
    dependencies: Object.fromEntries([
      ...thirdParty(dependencies),
      ...tarballs.map((path) => [nameOf(path), `file:${path}`]),
    ]),
    devDependencies: {
      ...Object.fromEntries(thirdParty(devDependencies)),
      '@types/node': installedIn(root, '@types/node'),
    },
  }
}

const installedIn = (folder: string, name: string): string => {
  const manifest = join(folder, 'node_modules', name, 'package.json')
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, 'utf8'))
  return version
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
