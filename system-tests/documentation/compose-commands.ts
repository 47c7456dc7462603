/** Checks of documented commands that need Docker: a Compose test runs them, or the Compose files have what they rely on. */
import { serviceNames } from '@quadrille/events'
import { expect } from 'vitest'
import { commandsInBlocks, read } from './documents.ts'

type Check = (command: string) => Promise<void>

/** The file has the text on which the command relies. */
const expectIn =
  (path: string, part: string): Check =>
  async () =>
    expect(read(path)).toContain(part)

/** The command names each service, or its database. */
const expectEachService: Check = async (command) => {
  for (const name of serviceNames) expect(command).toMatch(new RegExp(`\\b${name}\\b`))
}

/** The order database is the last one, and the first error ends the command. */
const expectBackup: Check = async (command) => {
  await expectEachService(command)
  expect(command).toMatch(/^\(set -e; .+ for name in .+ order; do/)
  expect(command.replace(/sh -c '.+'/, '')).not.toMatch(/\|\||&&/)
}

/** A test runs this command, which it reads from this page. */
const expectRunFrom =
  (page: string, test: string): Check =>
  (command) => {
    expect(read(page)).toContain(command)
    return expectIn(test, `'${page}'`)(command)
  }

const expectConsole = expectIn('deploy/compose.production.yml', `ports: ["127.0.0.1:\${CONSOLE_PORT:-3004}:3000"]`)
const expectAudit = expectIn('docker-compose.yml', 'FOLDER: tools/audit')
const expectPhotos = expectIn('docker-compose.yml', 'volumes: [photos:/data]')
const expectDatabases = expectIn('deploy/postgres/databases.sh', '"quadrille_$service"')

export const composeChecks: Readonly<Record<string, Check>> = {
  'docker compose exec prometheus wget -qO- http://127.0.0.1:9090/api/v1/alerts': expectIn(
    'docker-compose.yml',
    'test: [CMD, wget, -q, --spider, "http://127.0.0.1:9090/-/healthy"]',
  ),
  'docker compose --profile console up --detach --build console': expectConsole,
  'ssh -L 3004:127.0.0.1:3004 SERVER': expectConsole,
  'docker compose --profile console stop console audit': expectConsole,
  'docker compose --profile console run --rm audit node tools/audit/src/main.ts': expectAudit,
  '(set -e; folder=backup-$(date +%F-%H%M%S); mkdir -m 700 "$folder"; for name in payment inventory notification shipping order; do docker compose exec -T postgres pg_dump -U postgres --format=custom "quadrille_$name" > "$folder/$name.dump"; done; docker compose run --rm --no-deps -T inventory sh -c \'tar -C /data --exclude=incoming -cf - . || [ $? -eq 1 ]\' > "$folder/photos.tar"; echo "$folder")':
    expectBackup,
  'docker compose stop order payment inventory notification shipping': expectEachService,
  'docker compose exec -T postgres pg_restore -U postgres --clean --if-exists --create --exit-on-error -d postgres < "$folder/payment.dump"':
    expectDatabases,
  'docker compose run --rm --no-deps -T inventory tar -C /data -xf - < "$folder/photos.tar"': expectPhotos,
  ...Object.fromEntries(
    commandsInBlocks('docs/postgres.md').map((command) => [
      command,
      expectRunFrom('docs/postgres.md', 'deploy/test/move-postgres.compose.test.ts'),
    ]),
  ),
  ...Object.fromEntries(
    commandsInBlocks('docs/rabbitmq-versions.md').map((command) => [
      command,
      expectRunFrom('docs/rabbitmq-versions.md', 'deploy/test/move-postgres.compose.test.ts'),
    ]),
  ),
  ...Object.fromEntries(
    commandsInBlocks('docs/containers.md')
      .filter((command) => command.startsWith('ask'))
      .map((command) => [command, expectIn('deploy/test/ask.unit.test.ts', 'docs/containers.md')]),
  ),
  'docker compose pull --ignore-buildable': expectIn('docker-compose.yml', 'image: ${POSTGRES_IMAGE:-postgres:'),
  'docker compose build --pull': expectIn('docker-compose.yml', 'build: &order { context: ., args: { SERVICE: order, '),
}
