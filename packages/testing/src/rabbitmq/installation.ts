/** Finds the RabbitMQ of this machine, and runs its programs. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The command that runs a program of this RabbitMQ, such as `rabbitmqctl`. */
export type Installation = (program: string, ...args: string[]) => readonly [string, ...string[]]

/** Debian's scripts. Unlike those in /usr/sbin, they do not require the user root or rabbitmq. */
const debianScripts = '/usr/lib/rabbitmq/bin'

/**
 * The RabbitMQ of this machine, or null. With RABBITMQ_ROOT it is the one in that folder, the root of another Debian,
 * as created by debootstrap. Its `usr` replaces ours for that program only, which requires root.
 * @throws if RABBITMQ_ROOT contains no RabbitMQ.
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

/** The port mapper belongs to Erlang, and is on the PATH. */
const inFolder = (folder: string, program: string): string => (program === 'epmd' ? program : join(folder, program))

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // missing, or not permitted
  }
}

/** A command in shell syntax. */
export const quoted = (command: readonly string[]): string =>
  command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')
