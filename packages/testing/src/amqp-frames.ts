/** Drops or changes the frames that RabbitMQ sends, to reproduce rare behaviour. */

/** Returns the replacement of a frame, or null to drop it. */
export type EditFrame = (frame: Buffer) => Buffer | null

/**
 * The header of an AMQP 0-9-1 frame (section 2.3.5): type, channel and size before its payload. One octet follows it.
 */
const headerSize = 7

/** Splits what the broker sends into frames, and edits each. */
export async function* editFrames(source: AsyncIterable<Buffer>, edit: EditFrame): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= headerSize && rest.length >= sizeOf(rest)) {
      const frame = edit(rest.subarray(0, sizeOf(rest)))
      rest = rest.subarray(sizeOf(rest))
      if (frame) yield frame
    }
  }
}

const sizeOf = (frame: Buffer): number => headerSize + frame.readUInt32BE(3) + 1

const isMethod = (frame: Buffer, classId: number, methodId: number): boolean =>
  frame[0] === 1 && frame.readUInt16BE(headerSize) === classId && frame.readUInt16BE(headerSize + 2) === methodId

/** basic.cancel: the broker cancels a consumer. */
export const isCancel = (frame: Buffer): boolean => isMethod(frame, 60, 30)

/** basic.ack: the broker confirms a message. */
export const isAck = (frame: Buffer): boolean => isMethod(frame, 60, 80)

/** queue.declare-ok: the broker's answer with the depth of a queue. */
export const isDeclareOk = (frame: Buffer): boolean => isMethod(frame, 50, 11)

/** The queue.declare-ok with 0 messages and 0 consumers: its last eight octets before the frame's end. */
export const withZeroCounts = (declareOk: Buffer): Buffer =>
  Buffer.from(declareOk).fill(0, declareOk.length - 9, declareOk.length - 1)
