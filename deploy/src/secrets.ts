/** `npm run secrets -- FOLDER`: creates passwords for deploy/compose.production.yml. */
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { readFlags, runMain } from '@quadrille/command-line'
import { serviceNames } from '@quadrille/events'
import type { Account } from '@quadrille/messaging'
import { auditor, grafanaAdmin, operator, ownerOf, superuser } from './accounts.ts'
import { definitionsText } from './definitions.ts'

/** Without the file, the command starts the demo. */
const howToStart = (folder: string): string => `Write these lines into the file .env beside docker-compose.yml:

  COMPOSE_FILE=docker-compose.yml:deploy/compose.production.yml
  SECRETS=${folder}
  MAIL_FROM=shop@example.com

Then start Compose:

  docker compose up --detach --build`

const help = `Usage: npm run secrets -- FOLDER | --help

Creates passwords for Postgres, RabbitMQ and Grafana in FOLDER, which must be empty or missing:

  SERVICE/database-url       for a service, which can read only its own files
  SERVICE/amqp-url
  SERVICE-migration/database-url  for the step that creates the tables of a service
  audit/database-url         for the audit, which may read all databases, and the depths of all queues
  audit/amqp-url
  postgres/NAME              for Postgres: the passwords of its superuser postgres, each service's two roles, and the audit
  rabbitmq-definitions.json  for RabbitMQ: its users with hashes of their passwords, and their permissions
  grafana/admin-password     for Grafana: the password of its admin
  operator                   the password of operator for RabbitMQ's management UI
  notification/smtp-url      write the mail server here, such as smtp://user:password@host:port, or empty the file to store
                             emails instead. Until then the notification service does not start

Only its owner can access FOLDER. Its files are readable for all users, because the containers read them as different users.
${howToStart('/FOLDER')}`

/** @throws if the folder is not empty, because its passwords may be in use. */
const makeFolder = (folder: string): void => {
  mkdirSync(folder, { recursive: true })
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
  if (found.some((entry) => !entry.isDirectory()))
    throw new Error(`${folder} is not empty: its passwords may be in use.`)
  if (found.length > 0)
    throw new Error(`${folder} has folders without files, as Docker creates them for missing secrets. Delete it first.`)
  chmodSync(folder, 0o700)
}

/**
 * Not a URL: the notification service does not start until an operator has written a URL, or has emptied the file to
 * store the emails.
 */
const undecidedMailServer =
  'Put the mail server here, such as smtp://user:password@host:port. If this file is empty, emails are stored.'

/** Without symbols: no URL has to escape it, and no command takes it for an option. */
const newPassword = (): string => randomBytes(24).toString('hex')

const databaseUrl = (service: string, role: string, password: string): string =>
  `postgres://${role}:${password}@postgres:5432/quadrille_${service}`

const amqpUrl = ({ user, password }: Account): string => `amqp://${user}:${password}@rabbitmq:5672`

const makeSecrets = (folder: string): void => {
  makeFolder(folder)
  const write = (name: string, text: string) => {
    const file = join(folder, name)
    if (dirname(name) !== '.') {
      mkdirSync(dirname(file), { recursive: true })
      chmodSync(dirname(file), 0o755) // regardless of the umask
    }
    writeFileSync(file, `${text}\n`)
    chmodSync(file, 0o644)
  }
  write(join('postgres', superuser), newPassword())
  const accounts = new Map(
    [...serviceNames, operator, auditor].map((user) => [user, { user, password: newPassword() }]),
  )
  const accountOf = (user: string): Account => {
    const account = accounts.get(user)
    if (!account) throw new Error(`${user} has no account: its password would be in no file.`)
    return account
  }
  for (const service of serviceNames) {
    const password = newPassword()
    write(join('postgres', service), password)
    write(join(service, 'database-url'), databaseUrl(service, service, password))
    const [owner, ownerPassword] = [ownerOf(service), newPassword()]
    write(join('postgres', owner), ownerPassword)
    write(join(`${service}-migration`, 'database-url'), databaseUrl(service, owner, ownerPassword))
    write(join(service, 'amqp-url'), amqpUrl(accountOf(service)))
  }
  const auditPassword = newPassword()
  write(join('postgres', auditor), auditPassword)
  write(join(auditor, 'database-url'), `postgres://${auditor}:${auditPassword}@postgres:5432`)
  write(join(auditor, 'amqp-url'), amqpUrl(accountOf(auditor)))
  write(join('notification', 'smtp-url'), undecidedMailServer)
  write(join('grafana', `${grafanaAdmin}-password`), newPassword())
  write(operator, accountOf(operator).password)
  write('rabbitmq-definitions.json', definitionsText({ accountOf }))
}

await runMain('secrets', () => {
  const { values, positionals } = readFlags('npm run secrets', {
    options: { help: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const [folder] = positionals
  if (values.help || folder === undefined) {
    console.log(help)
    return values.help ? 0 : 1
  }
  const path = resolve(folder) // Compose takes a relative path without ./ for the name of a volume
  makeSecrets(path)
  console.log(
    `Created the passwords in ${path}. Only its owner can access it. Write the mail server into notification/smtp-url.`,
  )
  console.log(`\n${howToStart(path)}`)
})
