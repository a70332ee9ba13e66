const answer = await fetch('https://api.openai.com/v1/embeddings', {
  headers: { Authorization: `Bearer ${Deno.env.get('OPENAI_API_KEY')}` },
  body: JSON.stringify({ model: 'text-embedding-3-small', input: texts, dimensions: 384 }),
});
await supabase.rpc('increment_embedding_job_progress', { job_id: id, increment_count: texts.length });
await supabase.rpc('match_issues', { query_embedding: vector, match_count: 5 });
