package main

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// A token is verified anew after half of this or more, and at the latest after all of it.
const freshFor, mostTokens = 30 * time.Second, 10_000

type known struct {
	owner   int64
	expires time.Time
}

type tokenCheck struct {
	keys     map[string]*rsa.PublicKey
	parser   *jwt.Parser
	mutex    sync.Mutex
	younger  map[string]known
	older    map[string]known
	turnedAt time.Time
}

type claims struct {
	jwt.RegisteredClaims
	Session string `json:"sid"`
}

func newTokenCheck(keysURL, issuer, audience string) (*tokenCheck, error) {
	answer, err := http.Get(keysURL)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var published struct{ Keys []struct{ Kid, N, E string } }
	if err := json.NewDecoder(answer.Body).Decode(&published); err != nil {
		return nil, err
	}
	keys := map[string]*rsa.PublicKey{}
	for _, key := range published.Keys {
		n, badN := base64.RawURLEncoding.DecodeString(key.N)
		e, badE := base64.RawURLEncoding.DecodeString(key.E)
		if err := errors.Join(badN, badE); err != nil {
			return nil, err
		}
		keys[key.Kid] = &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer(issuer), jwt.WithAudience(audience),
		jwt.WithExpirationRequired())
	return &tokenCheck{keys: keys, parser: parser, younger: map[string]known{}, turnedAt: time.Now()}, nil
}

// ownerOf says whose token an Authorization header has.
func (c *tokenCheck) ownerOf(authorization string) (int64, bool) {
	token, isBearer := strings.CutPrefix(authorization, "Bearer ")
	if !isBearer {
		return 0, false
	}
	now := time.Now()
	found, isKnown := c.find(token, now)
	if !isKnown {
		var err error
		if found, err = c.verify(token); err != nil {
			return 0, false
		}
		c.mutex.Lock()
		c.younger[token] = found
		c.mutex.Unlock()
	}
	return found.owner, now.Before(found.expires)
}

func (c *tokenCheck) find(token string, now time.Time) (known, bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if age := now.Sub(c.turnedAt); age >= freshFor/2 || len(c.younger) >= mostTokens/2 {
		c.older = c.younger
		if age >= freshFor {
			c.older = nil
		}
		c.younger, c.turnedAt = map[string]known{}, now
	}
	found, isKnown := c.younger[token]
	if !isKnown {
		found, isKnown = c.older[token]
	}
	return found, isKnown
}

func (c *tokenCheck) verify(token string) (known, error) {
	var verified claims
	_, err := c.parser.ParseWithClaims(token, &verified, func(token *jwt.Token) (any, error) {
		kid, _ := token.Header["kid"].(string)
		if key := c.keys[kid]; key != nil && token.Header["typ"] == "at+jwt" {
			return key, nil
		}
		return nil, jwt.ErrTokenUnverifiable
	})
	if err != nil {
		return known{}, err
	}
	owner, err := strconv.ParseInt(verified.Subject, 10, 64)
	if err != nil || verified.Session == "" {
		return known{}, jwt.ErrTokenInvalidClaims
	}
	return known{owner, verified.ExpiresAt.Time}, nil
}
