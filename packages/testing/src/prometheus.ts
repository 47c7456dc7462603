/** A real Prometheus for the tests, if it is available. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { canInstall, install } from './debian.ts'
import { eventually } from './eventually.ts'

export interface Prometheus {
  readonly url: string
  stop(): Promise<void>
}

export interface PrometheusOptions {
  /** Its configuration. Files that it names are in the same folder. */
  readonly configFile: string
  readonly port: number
}

const works = (program: string): Promise<boolean> =>
  promisify(execFile)(program, ['--version']).then(
    () => true,
    () => false, // missing
  )

const isInstalled = async (): Promise<boolean> => (await works('prometheus')) && (await works('promtool'))

/** Installs prometheus and promtool by apt-get if they are missing, as root on Debian. False if they are still missing. */
export const ensurePrometheus = async (): Promise<boolean> => {
  if (await isInstalled()) return true
  if (canInstall()) await install('prometheus')
  return isInstalled()
}

/** Runs promtool with these arguments. @throws with its output if it reports an error. */
export const promtool = async (...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)('promtool', args)).stdout

/**
 * Starts Prometheus with its data in a temporary folder. Resolves when it answers. It exits with this process, unless this
 * process is killed.
 */
export const startPrometheus = async ({ configFile, port }: PrometheusOptions): Promise<Prometheus> => {
  const directory = await mkdtemp(join(tmpdir(), 'quadrille-prometheus-'))
  const url = `http://127.0.0.1:${port}`
  const child = spawn(
    'prometheus',
    [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${directory}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'exit')
  const stop = async () => {
    kill()
    await ended
    process.off('exit', kill)
    await rm(directory, { recursive: true })
  }
  try {
    const ready = async () => {
      if (!(await fetch(`${url}/-/ready`)).ok) throw new Error('It is starting.')
    }
    await eventually(ready, { seconds: 60, what: `Prometheus answers at ${url}` })
    return { url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
