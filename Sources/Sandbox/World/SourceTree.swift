internal import FoundationEssentials

/// The source code of the project's Edge Function, for checks that read files.
enum SourceTree {
  static let functionPath = "supabase/functions/generate-embeddings/index.ts"

  /// Writes the tree below a folder.
  static func plant(in root: String, _ faults: Set<SandboxFault>) throws(SandboxProblem) {
    let file = root + "/" + functionPath
    do {
      try FileManager.default.createDirectory(
        atPath: String(file.dropLast("/index.ts".count)),
        withIntermediateDirectories: true)
      try Data(edgeFunction(faults).utf8).write(to: URL(filePath: file))
      try Data(envExample(faults).utf8).write(to: URL(filePath: root + "/.env.example"))
    } catch {
      throw .directoryNotCreated("\(error)")
    }
  }

  /// What a new colleague is to set.
  private static func envExample(_ faults: Set<SandboxFault>) -> String {
    let names =
      ["DATABASE_URL", "OPENAI_API_KEY", "SUPABASE_URL", "SUPABASE_SERVICE_ROLE_KEY"]
      + (faults.contains(.variableUnset) ? ["WEBHOOK_SECRET"] : [])
    return names.map { "\($0)=\n" }.joined()
  }

  private static func edgeFunction(_ faults: Set<SandboxFault>) -> String {
    let columns = "'repository_id,item_type,item_id'"
    let upsert =
      faults.contains(.upsertSyntax)
      ? ".upsert(rows).onConflict(\(columns))" : ".upsert(rows, { onConflict: \(columns) })"
    let key =
      faults.contains(.keyInCode)
      ? "sk-\(String(repeating: "0", count: 48))" : "${Deno.env.get('OPENAI_API_KEY')}"
    let length = faults.contains(.dimensionsNotAsked) ? "" : ", dimensions: 384"
    return """
      import { createClient } from 'npm:@supabase/supabase-js@2';

      const supabase = createClient(
        Deno.env.get('SUPABASE_URL')!,
        Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!,
      );

      async function embed(texts: string[]): Promise<number[][]> {
        const reply = await fetch('https://api.openai.com/v1/embeddings', {
          method: 'POST',
          headers: {
            'Authorization': `Bearer \(key)`,
            'Content-Type': 'application/json',
          },
          body: JSON.stringify({ model: 'text-embedding-3-small', input: texts\(length) }),
        });
        if (!reply.ok) throw new Error(`embeddings: ${reply.status} ${await reply.text()}`);
        return (await reply.json()).data.map((item: { embedding: number[] }) => item.embedding);
      }

      Deno.serve(async (request) => {
        const { jobId, items } = await request.json();
        const vectors = await embed(items.map((item: { text: string }) => item.text));
        const rows = items.map((item: Record<string, unknown>, index: number) => ({
          repository_id: item.repository_id,
          item_type: 'issue',
          item_id: item.id,
          embedding: vectors[index],
        }));
        const { error } = await supabase
          .from('similarity_cache')
          \(upsert);
        if (error) throw new Error(`similarity_cache: ${error.message}`);
        await supabase.rpc('increment_embedding_job_progress', {
          job_id: jobId,
          increment_count: rows.length,
        });
        return Response.json({ processed: rows.length });
      });

      """
  }
}
