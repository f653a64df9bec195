// Aedes as a broker: PORT [USER PASSWORD]. It keeps sessions in memory.
import { createRequire } from 'node:module'
import { createServer } from 'node:net'

const require = createRequire(process.env.NODE_PATH + '/')
const { Aedes } = require('aedes')

const [port, user, password] = process.argv.slice(2)
const broker = await Aedes.createBroker({
  authenticate: (client, name, word, done) => {
    const fits = !user || (name === user && word?.toString() === password)
    done(fits ? null : Object.assign(new Error('wrong login'), { returnCode: 4 }), fits)
  }
})
createServer((socket) => broker.handle(socket)).listen(Number(port), '127.0.0.1')
process.on('SIGTERM', () => broker.close(() => process.exit(0)))
