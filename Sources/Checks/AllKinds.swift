package import Checklist

/// Every kind of check, in the order in which the reference lists them.
package let allKinds: [any CheckKind.Type] = [
  SecretCheck.self,
  EnvFileCheck.self,
  APIKeyCheck.self,
  DimensionCheck.self,
  FunctionCheck.self,
  TableCheck.self,
  UpsertCheck.self,
  ExtensionCheck.self,
  VectorIndexCheck.self,
  QueryCheck.self,
  JobsCheck.self,
  RoundTripCheck.self,
  SameModelCheck.self,
  HTTPCheck.self,
  FilesCheck.self,
  CommandCheck.self,
]

/// What the checklist's reader has to know of the kinds.
package let allKindDeclarations: [KindDeclaration] = allKinds.map { $0.declaration }
