const mail = new Resend(process.env.RESEND_API_KEY);
await db.from('subscribers').upsert(rows, { onConflict: 'email' });
