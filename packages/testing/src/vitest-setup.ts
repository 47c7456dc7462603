/** The global setup of the tests that need servers (vitest.config.ts): one Postgres and one RabbitMQ for the whole run. */
import type { TestProject } from 'vitest/node'
import { makeClusterTemplate, startTestPostgres } from './postgres.ts'
import { startRabbitMq } from './rabbitmq.ts'
import { allowTemplates } from './test-database.ts'

declare module 'vitest' {
  /** What a test gets by `inject(...)`. */
  interface ProvidedContext {
    /** Of the run's Postgres server; `createTestDatabase` makes a database there. */
    readonly postgresUrl: string
    /** Of the run's broker; `createVhost` makes a virtual host there. */
    readonly rabbitmqUrl: string
  }
}

/** Starts both, the first time that a project of this run asks for them. What it returns stops them. */
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
