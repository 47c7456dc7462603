/** Checks of docker-compose.yml that don't run it. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { choreography, optionalServiceNames, switchOf } from '@quadrille/events'
import { serviceFlags } from '@quadrille/testing'
import { describe, expect, it, test } from 'vitest'
import { auditor } from '../src/accounts.ts'
import { composeFile, demoFile, productionFile, read, root } from './files.ts'

const services = Object.entries(composeFile.services)

const quadrille = Object.keys(choreography)
const migrations = quadrille.map((name) => `${name}-migration`)

test('the file has all services, migrations and servers', () => {
  const others = ['console', 'audit', 'postgres', 'rabbitmq', 'prometheus', 'grafana', 'jaeger', 'mailpit']
  expect(new Set(Object.keys(composeFile.services))).toEqual(new Set([...quadrille, ...migrations, ...others]))
})

test('the order of text does not depend on the image of Postgres', () => {
  const { POSTGRES_INITDB_ARGS: args } = composeFile.services['postgres']?.environment ?? {}
  expect(args).toBe('--locale=C --encoding=UTF8')
})

test('Postgres does not log rows, which contain addresses of customers', () => {
  expect(composeFile.services['postgres']?.command).toContain('--log_error_verbosity=terse')
  for (const { services } of [demoFile, productionFile]) expect(services['postgres']).not.toHaveProperty('command')
})

test('only the order service is published; a demo publishes more ports, and production Grafana and, if asked for, the console', () => {
  const published = (file: typeof demoFile) =>
    Object.entries(file.services).flatMap(([name, { ports = [] }]) => (ports.length > 0 ? [name] : []))
  expect(published(composeFile)).toEqual(['order'])
  expect(published(productionFile)).toEqual(['grafana', 'console'])
  for (const name of ['console', 'audit'])
    expect(productionFile.services[name]).toMatchObject({ profiles: ['console'] })
  for (const { ports = [] } of Object.values({ ...demoFile.services, ...productionFile.services }))
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
})

test('the page on scaling names the services of which two instances need a range of ports', () => {
  const fixed = (...files: (typeof demoFile)[]) =>
    quadrille.filter((name) =>
      files.some(({ services: { [name]: service } }) => service?.ports?.some((port) => /:\$\{\w+:-\d+\}:/.test(port))),
    )
  expect(fixed(composeFile, demoFile)).toEqual(['order', 'inventory', 'shipping'])
  expect(fixed(composeFile, productionFile)).toEqual(['order'])
  expect(read('docs/scaling.md')).toContain(
    'In the demo, order, inventory and shipping have one; in production, only order.',
  )
})

test('two services share a network only if one sends requests to the other', () => {
  const members = (network: string) =>
    quadrille.filter((name) => composeFile.services[name]?.networks?.includes(network))
  for (const network of Object.keys(composeFile.networks)) {
    if (network === 'edge') expect(members(network)).toEqual(['order', 'payment', 'inventory'])
    else expect(members(network).length).toBeLessThanOrEqual(1)
    expect(composeFile.networks[network]?.internal ?? false).toBe(network.endsWith('-data'))
  }
})

describe.each(services)('%s', (name, service) => {
  it('is published on the loopback alone', () => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
  })

  it('is built here, or has a fixed version', () => {
    const base = /ARG NODE_IMAGE=(\S+)/.exec(read('Dockerfile'))?.[1]
    const [, variable, image] = /^\$\{([A-Z]+)_IMAGE:-(.+)\}$/.exec(service.image ?? '') ?? []
    if (service.build) expect(JSON.stringify(service.build)).toContain(`\${NODE_IMAGE:-${base}}`)
    else expect(variable).toBe(name.toUpperCase())
    expect(service.build ? base : image).toMatch(/^[a-z/]+:v?\d+\.\d[\w.-]*$/)
  })

  it('has limits and no privileges, and restarts after it has exited', () => {
    expect(service).toMatchObject({
      mem_limit: expect.any(String),
      pids_limit: expect.any(Number),
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      logging: { driver: 'local' },
      restart: migrations.includes(name) ? 'on-failure:10' : 'unless-stopped',
    })
  })

  it('starts on a machine with one processor', () => {
    expect(String(service.cpus)).toMatch(/^(1|\$\{CONTAINER_CPUS:-2\})$/) // Docker refuses more than there are
  })

  it('has a health check', () => {
    if (service.build) expect(read('Dockerfile')).toMatch(/^HEALTHCHECK /m)
    else if (name !== 'mailpit') expect(service.healthcheck?.test[0]).toMatch(/^CMD/) // mailpit's image has one
  })

  it('mounts existing files', () => {
    const sources = (service.volumes ?? []).map((volume) => volume.split(':')[0] ?? '')
    const missing = sources.filter((source) =>
      source.startsWith('.') ? !existsSync(join(root, source)) : !(source in composeFile.volumes),
    )
    expect(missing).toEqual([])
  })

  it('mounts the files of this repository read-only', () => {
    for (const volume of service.volumes ?? []) if (volume.startsWith('.')) expect(volume).toMatch(/:ro$/)
  })
})

test('the audit has a role and a user of its own, a network without services, and knows which services run', () => {
  const { audit, console: page } = composeFile.services
  expect(audit?.networks).toEqual(['audit-data'])
  const neighbours = Object.entries(composeFile.services).filter(([, { networks }]) => networks?.includes('audit-data'))
  expect(neighbours.map(([name]) => name).toSorted()).toEqual(['audit', 'console', 'postgres', 'rabbitmq'])
  expect(audit?.environment).toMatchObject({
    DATABASE_URL: `postgres://${auditor}:${auditor}-demo@postgres:5432`,
    AMQP_URL: `amqp://${auditor}:${auditor}-demo@rabbitmq:5672`,
    ALLOWED_HOSTS: 'audit',
    ...Object.fromEntries(optionalServiceNames.map((name) => [switchOf(name), `\${${switchOf(name)}:-on}`])),
  })
  expect(page).toMatchObject({ depends_on: ['audit'], environment: { AUDIT_URL: 'http://audit:3007' } })
})

test.each([
  ['all orders are traced in a demo', composeFile, /^\$\{OTEL_TRACES_SAMPLER_ARG:-1\}$/],
  ['a tenth of the orders is traced in production', productionFile, /^\$\{OTEL_TRACES_SAMPLER_ARG:-0\.1\}$/],
])('%s, unless a variable is set', (_, file, share) => {
  for (const name of Object.keys(choreography))
    expect(file.services[name]?.environment?.['OTEL_TRACES_SAMPLER_ARG']).toMatch(share)
})

describe('ports of this machine', () => {
  const variables = [...services, ...Object.entries(demoFile.services)].flatMap(([, { ports = [] }]) =>
    ports.flatMap((port) => {
      const [, name, standard] = /\$\{(\w+):-(\d+)\}/.exec(port) ?? []
      return name && standard ? { name, standard } : []
    }),
  )

  it('are found', () => expect(variables.length).toBeGreaterThan(6))

  it('are used once', () => expect(new Set(variables.map(({ standard }) => standard)).size).toBe(variables.length))

  it.each(variables)('$name is in the quickstart, with its default', ({ name, standard }) => {
    expect(read('docs/quickstart.md')).toMatch(
      new RegExp(`^\\| .+ \\| \`http://127\\.0\\.0\\.1:${standard}\` \\| \`${name}\` \\|$`, 'm'),
    )
  })
})

test('the image of Postgres keeps its data in the volume, as all since version 18 do', () => {
  const { image, volumes } = composeFile.services['postgres'] ?? {}
  expect(Number(/:-postgres:(\d+)/.exec(image ?? '')?.[1])).toBeGreaterThanOrEqual(18)
  expect(volumes).toContain('postgres:/var/lib/postgresql')
})

test('RabbitMQ blocks publishers before its container is full, with room for its log', () => {
  const number = (text: string, pattern: RegExp) => Number(pattern.exec(text)?.[1])
  const conf = read('deploy/rabbitmq/quadrille.conf')
  const watermark = number(conf, /^vm_memory_high_watermark\.absolute = (\d+)MB$/m) * 1e6
  const log = number(conf, /^raft\.wal_max_size_bytes = (\d+)$/m)
  const limit = number(composeFile.services['rabbitmq']?.mem_limit ?? '', /^(\d+)g$/) * 2 ** 30
  expect(watermark + 3 * log).toBeLessThanOrEqual(limit)
  // a disk that is full would stop RabbitMQ: the log, and the segments that are being written, must fit
  const disk = number(conf, /^disk_free_limit\.absolute = (\d+)GB$/m) * 1e9
  expect(disk).toBeGreaterThanOrEqual(3 * log + watermark)
})

test('another mail server gets no email without TLS, unless a variable allows it', () => {
  expect(composeFile.services['notification']?.environment).toMatchObject({
    SMTP_URL: expect.stringMatching(/^\$\{SMTP_URL-smtp:\/\/mailpit:1025\?ignoreTLS=true\}$/),
    SMTP_TLS: expect.stringMatching(/^\$\{SMTP_TLS:-required\}$/),
  })
})

test('images are built by the pnpm of package.json, whose hash is the one in the lock file', () => {
  const { packageManager } = JSON.parse(read('package.json')) as { packageManager: string }
  const [, version] = packageManager.split('@')
  const [, step = ''] = /^RUN (package=[\s\S]+?[^\\])$/m.exec(read('Dockerfile')) ?? []
  expect(step).toContain(`process.arch)@${version}"`)
  const arrange = step.slice(0, step.indexOf(' \\\n && mkdir'))
  for (const arch of ['x64', 'arm64']) {
    const script = `node() { echo ${arch}; }; ${arrange} && echo "$wanted"`
    const wanted = execFileSync('sh', ['-c', script], { cwd: root, encoding: 'utf8' }).trim()
    expect(read('pnpm-lock.yaml')).toContain(
      `  '@pnpm/exe.linux-${arch}@${version}':\n    resolution: {integrity: ${wanted}}`,
    )
    expect(wanted).toMatch(/^sha512-[\w+/]{86}==$/)
  }
})

test('the user of the image can read the sources, even if the clone was made with a strict umask', () => {
  expect(read('Dockerfile')).toMatch(/^RUN pnpm install [\s\S]+? \\\n && chmod -R a\+rX \.\n\nFROM /m)
})

test('the image contains the license, and nothing that it copies is ignored', () => {
  const copied = [...read('Dockerfile').matchAll(/^COPY ([^-].*) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '))
  expect(copied).toContain('LICENSE')
  const included = read('.dockerignore').split('\n')
  for (const path of copied.filter((path) => !path.startsWith('$'))) expect(included).toContain(`!${path}`)
})

test('the image runs a service with flags that Node accepts', () => {
  expect(read('Dockerfile')).toMatch(/^CMD .*exec node \$NODE_FLAGS \$FOLDER\/src\/main\.ts/m)
  const flags = serviceFlags(root)
  expect(flags.length).toBeGreaterThan(0)
  expect(execFileSync(process.execPath, [...flags, '--print', '1'], { encoding: 'utf8' })).toBe('1\n')
})

test('the host names of the order service can be set', () => {
  expect(composeFile.services['order']?.environment).toMatchObject({
    ALLOWED_HOSTS: expect.stringMatching(/^order,\$\{ALLOWED_HOSTS:-\}$/),
  })
  expect(productionFile.services['order']?.environment).not.toHaveProperty('ALLOWED_HOSTS') // it keeps the one above
})

test('the port of the admin endpoints is the same for images, Prometheus and the order service', () => {
  const port = /\bADMIN_PORT=(\d+)/.exec(read('Dockerfile'))?.[1]
  const { PAYMENT_URL, INVENTORY_URL } = composeFile.services['order']?.environment ?? {}
  expect([PAYMENT_URL, INVENTORY_URL]).toEqual([`http://payment:${port}`, `http://inventory:${port}`])
  expect(read('deploy/prometheus/prometheus.yml')).toContain(`], type: A, port: ${port},`)
  for (const name of ['payment', 'inventory'])
    expect(composeFile.services[name]?.environment).toMatchObject({ ALLOWED_HOSTS: name })
})
