import type { Channel, ChannelModel } from 'amqplib'

/** Opens a channel for calls that reject with the error of the channel. Without a listener that error would end the process. */
export const openChannel = async (connection: ChannelModel): Promise<Channel> => {
  const channel = await connection.createChannel()
  channel.on('error', () => undefined)
  return channel
}
