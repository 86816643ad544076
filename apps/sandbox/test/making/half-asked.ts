import { connect } from 'node:net'

/**
 * Gets one answer, and leaves the next request on the connection unfinished, so that whoever stops waits for it.
 *
 * @returns lets go of the connection.
 */
export const halfAsked = async (port: number): Promise<() => void> => {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {
    socket.destroy()
  })
  const answered = new Promise(resolve => {
    socket.once('data', resolve)
  })
  socket.write('GET /healthz/live HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz/live HTTP/1.1\r\n')
  await answered
  return () => {
    socket.destroy()
  }
}
