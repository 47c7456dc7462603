/** The global setup of the tests that need servers (vitest.config.ts): one Postgres and one RabbitMQ for the whole run. */
import type { TestProject } from 'vitest/node'
import { makeClusterTemplate, startTestPostgres } from './postgres.ts'
import { startRabbitMq } from './rabbitmq.ts'
import { allowTemplates } from './test-database.ts'

declare module 'vitest' {
  /** The values that tests get through `inject(...)`. */
  interface ProvidedContext {
    /** The run's Postgres server; `createTestDatabase` creates a database there. */
    readonly postgresUrl: string
    /** The run's broker; `createVhost` creates a virtual host there. */
    readonly rabbitmqUrl: string
  }
}

/** Starts both servers for the first project that needs them. The returned function stops them. */
export const setup = async ({ vitest }: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const everyProject = vitest.getRootProject()
  if (everyProject.getProvidedContext().postgresUrl) return undefined
  const rabbitmqStarts = startRabbitMq()
  const template = await makeClusterTemplate() // the workers inherit our environment
  const [postgres, rabbitmq] = await Promise.all([startTestPostgres(), rabbitmqStarts])
  const dropTemplates = allowTemplates(postgres.url)
  everyProject.provide('postgresUrl', postgres.url)
  everyProject.provide('rabbitmqUrl', rabbitmq.url)
  return async () => {
    await dropTemplates()
    await Promise.all([postgres.stop(), rabbitmq.stop(), template.erase()])
  }
}
