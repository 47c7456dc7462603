/** Prints the version of the RabbitMQ that the tests use: the server at AMQP_URL, or a node that this script starts. */
import { brokerVersion, startRabbitMq } from '../src/rabbitmq.ts'

const { url, stop } = await startRabbitMq()
try {
  process.stdout.write(`${await brokerVersion(url)}\n`)
} finally {
  await stop()
}
