/** The chain of causes that leads to the message is longer than the choreography allows. */
export class EventStorm extends Error {
  override readonly name = 'EventStorm'
}
