import { growthRelations } from '../plan/rows.ts'

/** Rows, each with the row that it is compared with: the effect of the one thing in which they differ. */
export const relations: readonly (readonly [row: string, base: string])[] = [
  ['npm-start', 'embedded'],
  ['rabbitmq-2', 'rabbitmq'],
  ['embedded-batch-1', 'embedded'],
  ['embedded-linger-0', 'embedded'],
  ['rabbitmq-batch-1', 'rabbitmq'],
  ['rabbitmq-linger-0', 'rabbitmq'],
  ['embedded-tracing', 'embedded'],
  ['rabbitmq-tracing', 'rabbitmq'],
  ['embedded-console', 'embedded'],
  ['rabbitmq-console', 'rabbitmq'],
  ['embedded', 'embedded-skus'],
  ['rabbitmq', 'rabbitmq-skus'],
  ['rabbitmq-2', 'rabbitmq-2-skus'],
  ['dbos-tuned', 'dbos-tuned-skus'],
  ['restate-tuned', 'restate-tuned-skus'],
  ['embedded-lines', 'embedded-skus'],
  ['rabbitmq-lines', 'rabbitmq-skus'],
  ...growthRelations,
]
