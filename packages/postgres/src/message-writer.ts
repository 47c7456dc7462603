/** Messages of the client to the server, in the formats of the Postgres manual, chapter 54.7 "Message Formats". */

/** Bytes that the buffer has at first. Most units fit. */
const initialSize = 16_384
/** A larger buffer is not kept for the next unit. Bytes. */
const largestKept = 1_048_576
/** The bytes of a UTF-16 code unit in UTF-8, at most. */
const utf8Expansion = 3

/**
 * Writes messages one after the other into a buffer, which grows as needed and is used again. All integers are big-endian.
 * `clear` may be called only when the bytes before have reached the server.
 */
export class MessageWriter {
  #buffer = Buffer.allocUnsafe(initialSize)
  #end = 0
  #lengthAt = 0

  clear(): void {
    if (this.#buffer.length > largestKept) this.#buffer = Buffer.allocUnsafe(initialSize)
    this.#end = 0
  }

  /** The messages. Valid until `clear`. */
  written(): Uint8Array {
    return this.#buffer.subarray(0, this.#end)
  }

  /** Begins a message. Its type is one character. */
  begin(type: string): void {
    this.byte(type.charCodeAt(0))
    this.#lengthAt = this.#end
    this.int32(0)
  }

  /** Ends the message: writes its length, which includes that of the length itself. */
  end(): void {
    this.#buffer.writeInt32BE(this.#end - this.#lengthAt, this.#lengthAt)
  }

  /** The position of the next byte, for `setInt16` and `revertTo`. */
  get position(): number {
    return this.#end
  }

  /** Discards what was written from this position on. */
  revertTo(position: number): void {
    this.#end = position
  }

  /** Begins a field that is preceded by its length. Returns the position for `endField`. */
  beginField(): number {
    this.int32(0)
    return this.#end
  }

  endField(begin: number): void {
    this.#buffer.writeInt32BE(this.#end - begin, begin - 4)
  }

  setInt16(value: number, position: number): void {
    this.#buffer.writeInt16BE(value, position)
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#buffer[this.#end] = value
    this.#end += 1
  }

  int16(value: number): void {
    this.#reserve(2)
    this.#end = this.#buffer.writeInt16BE(value, this.#end)
  }

  int32(value: number): void {
    this.#reserve(4)
    this.#end = this.#buffer.writeInt32BE(value, this.#end)
  }

  /** A safe integer as 64 bits in two's complement. */
  int64(value: number): void {
    this.#reserve(8)
    this.#end = this.#buffer.writeInt32BE(Math.floor(value / 2 ** 32), this.#end)
    this.#end = this.#buffer.writeUInt32BE(value >>> 0, this.#end)
  }

  float64(value: number): void {
    this.#reserve(8)
    this.#end = this.#buffer.writeDoubleBE(value, this.#end)
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length)
    this.#buffer.set(value, this.#end)
    this.#end += value.length
  }

  text(value: string): void {
    this.#reserve(value.length * utf8Expansion)
    this.#end += this.#buffer.write(value, this.#end)
  }

  /** Text that ends with a zero byte, and contains none. */
  zeroTerminated(value: string): void {
    this.text(value)
    this.byte(0)
  }

  #reserve(size: number): void {
    if (this.#end + size <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#end + size))
    this.#buffer.copy(larger, 0, 0, this.#end)
    this.#buffer = larger
  }
}
