/** Prints the version of the RabbitMQ that the tests run on: that of AMQP_URL, else of a node that is started for it. */
import { brokerVersion, startRabbitMq } from '../src/rabbitmq.ts'

const { url, stop } = await startRabbitMq()
try {
  process.stdout.write(`${await brokerVersion(url)}\n`)
} finally {
  await stop()
}
