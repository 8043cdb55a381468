import { aiGateway } from '@tollgate/express'
import express from 'express'
import { serveGateway } from './serve-gateway.ts'

serveGateway((gateway) => express().use(aiGateway({ gateway })))
