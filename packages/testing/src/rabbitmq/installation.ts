/** Which RabbitMQ of this machine the tests start, and how its programs are run. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Runs a program of this RabbitMQ, such as `rabbitmqctl`: the command that does so. */
export type Installation = (program: string, ...args: string[]) => readonly [string, ...string[]]

/** Debian's scripts. Those in /usr/sbin insist on being root or rabbitmq, these don't. */
const debianScripts = '/usr/lib/rabbitmq/bin'

/**
 * The RabbitMQ of this machine, or null. With RABBITMQ_ROOT it is the one that is installed in that folder, the root of another
 * Debian, as debootstrap makes it. Its `usr` takes the place of ours, for the program alone, so we must be root.
 * @throws where RABBITMQ_ROOT has none.
 */
export const findRabbitMq = (): Installation | null => {
  const root = process.env['RABBITMQ_ROOT']
  if (root) return installedIn(root)
  const path = (process.env['PATH'] ?? '').split(delimiter)
  const folders = [debianScripts, ...path, '/opt/homebrew/sbin', '/usr/local/sbin']
  const scripts = folders.find((folder) => isExecutable(join(folder, 'rabbitmq-server')))
  return scripts === undefined ? null : (program, ...args) => [inFolder(scripts, program), ...args]
}

const installedIn = (root: string): Installation => {
  if (!isExecutable(join(root, debianScripts, 'rabbitmq-server')))
    throw new Error(`RABBITMQ_ROOT must be the root of a Debian with rabbitmq-server, and ${root} has none.`)
  const enter = ['--mount', 'sh', '-c', 'mount --bind "$0/usr" /usr && exec "$@"', root]
  return (program, ...args) => ['unshare', ...enter, inFolder(debianScripts, program), ...args]
}

/** The port mapper is Erlang's, and on the PATH. */
const inFolder = (folder: string, program: string): string => (program === 'epmd' ? program : join(folder, program))

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // not there, or not for us
  }
}

/** A command as a shell takes it. */
export const quoted = (command: readonly string[]): string =>
  command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')
