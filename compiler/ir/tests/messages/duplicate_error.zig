const E = error{ A, B, A };
