'use strict';

// What a program in Node.js does to submit one task: connect, publish it, and end when the broker has
// confirmed it. With 'declare' it declares the queue, which is done once, before any task.
const amqp = require('amqplib');

async function main() {
  const connection = await amqp.connect(process.env.PEER_BROKER_URI);
  const channel = await connection.createConfirmChannel();
  if (process.argv[2] === 'declare') {
    await channel.assertQueue('peer-node', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    await connection.close();
    return;
  }
  channel.on('return', () => {
    console.error('nobody has declared the queue');
    process.exit(1);
  });
  channel.sendToQueue('peer-node', Buffer.from('{}'), { persistent: true, mandatory: true });
  await channel.waitForConfirms();
  process.exit(0);
}

main().catch((failure) => {
  console.error(failure);
  process.exit(1);
});
