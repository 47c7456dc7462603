import type { Broker, Participant, WireMessage } from '@quadrille/messaging'

/** A broker on whose way messages lose their trace context: to see that it would be noticed. */
export const forgetful = (broker: Broker): Broker => ({
  join: (service, stores) => withoutTraces(broker.join(service, stores)),
  close: () => broker.close(),
})

const withoutTraces = (participant: Participant): Participant => {
  const { publisher } = participant
  return {
    publisher: {
      confirmsHandling: publisher.confirmsHandling,
      publish: (to, message, deaths) => publisher.publish(to, withoutTrace(message), deaths),
      waitingFor: () => publisher.waitingFor(),
      drained: () => publisher.drained(),
    },
    consume: (queue, handle, options) => participant.consume(queue, handle, options),
    disconnected: () => participant.disconnected(),
    leave: () => participant.leave(),
  }
}

const withoutTrace = (message: WireMessage): WireMessage => {
  const { traceparent: _, tracestate: __, ...envelope } = JSON.parse(Buffer.from(message.body).toString())
  return { ...message, headers: {}, body: Buffer.from(JSON.stringify(envelope)) }
}
