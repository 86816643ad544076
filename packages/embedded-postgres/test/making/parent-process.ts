/** A process that starts a server in the folder it is given, says so, and then ends with its input, or waits for whatever comes. */
import { startEmbeddedPostgres } from '@lethe/embedded-postgres'

const [folder = '', then] = process.argv.slice(2)
const server = await startEmbeddedPostgres({ folder })
process.stdout.write(
  JSON.stringify(
    server._tag === 'Left'
      ? { refusal: server.left._tag }
      : { processId: server.right.processId, url: server.right.superuserUrl },
  ),
)
if (then === 'wait') setInterval(() => undefined, 60_000)
else process.stdin.resume()
