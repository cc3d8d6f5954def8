'use strict';

// What a program in Node.js does to submit one task: connect, publish it, and end when the broker has
// confirmed it.
const amqp = require('amqplib');

async function main() {
  const connection = await amqp.connect(process.env.PEER_BROKER_URI);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('peer-node', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  channel.sendToQueue('peer-node', Buffer.from('{}'), { persistent: true });
  await channel.waitForConfirms();
  await connection.close();
}

main().catch((failure) => {
  console.error(failure);
  process.exit(1);
});
